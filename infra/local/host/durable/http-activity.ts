import { type IncomingMessage, request as overHttp } from 'node:http';
import { request as overTls } from 'node:https';
import type { InvocationResult } from '../app/protocol.ts';
import { type DurableHttpRequest, durableHttpRequest } from '../engine/durable-http.ts';

// What the activity `BuiltIn::HttpActivity` of the extension does for callHttp. Its requests and answers are as
// recorded, so this is no `fetch`, which adds headers of its own and loses the case of those that come back.

const USER_AGENT = 'Microsoft.Azure.WebJobs.Extensions.DurableTask/3.14.1';
// The defaults of .NET's HttpClient.
const TIMEOUT_MS = 100_000;
const MOST_REDIRECTS = 50;

/** Sends the request in `input`. Any status is an answer; only where none comes at all the activity fails. */
export async function httpActivity(input: string | null): Promise<InvocationResult> {
  try {
    const request = durableHttpRequest.parse(JSON.parse(input ?? ''));
    const answer = await send(request, AbortSignal.timeout(TIMEOUT_MS), 0);
    return { ok: true, returnValue: { json: JSON.stringify(answer) }, outputs: [] };
  } catch (error) {
    return { ok: false, message: failureText(error), stack: '' };
  }
}

interface DurableHttpResponse {
  statusCode: number;
  headers: Record<string, string | string[]>;
  content: string;
}

async function send(asked: DurableHttpRequest, signal: AbortSignal, redirects: number): Promise<DurableHttpResponse> {
  const response = await respond(asked, signal);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const next = redirects < MOST_REDIRECTS ? redirected(asked, response) : null;
  if (next) return send(next, signal, redirects + 1);
  return {
    statusCode: response.statusCode ?? 0,
    headers: headersOf(response),
    content: Buffer.concat(chunks).toString('utf8'),
  };
}

function respond({ method, uri, content, headers }: DurableHttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const body = content ?? '';
  const given = Object.entries(headers ?? {});
  const contentType = given.find(([name]) => isContentType(name))?.[1] ?? 'text/plain';
  if (contentType.includes('multipart')) throw new Error('Multipart content is not supported with CallHttpAsync.');
  return new Promise((resolve, reject) => {
    const request = (uri.startsWith('https:') ? overTls : overHttp)(uri, { method, signal }, resolve).once(
      'error',
      reject,
    );
    // .NET neither asks for a connection to be kept, nor tells of content where there is none.
    request.removeHeader('connection');
    for (const [name, value] of given) if (!isContentType(name)) request.setHeader(name, value);
    request.setHeader('user-agent', USER_AGENT);
    if (body !== '')
      request.setHeader('content-type', contentType).setHeader('content-length', Buffer.byteLength(body));
    request.end(body);
  });
}

function isContentType(name: string): boolean {
  return name.toLowerCase() === 'content-type';
}

/** The request to another place that the answer asks for; null if it does not. Nobody is sent from TLS to plain HTTP. */
function redirected(
  asked: DurableHttpRequest,
  { statusCode = 0, headers }: IncomingMessage,
): DurableHttpRequest | null {
  if (![301, 302, 303, 307, 308].includes(statusCode) || !headers.location) return null;
  const uri = new URL(headers.location, asked.uri).href;
  if (asked.uri.startsWith('https:') && !uri.startsWith('https:')) return null;
  const sent = Object.entries(asked.headers ?? {}).filter(([name]) => name.toLowerCase() !== 'authorization');
  const next = { ...asked, uri, headers: Object.fromEntries(sent) };
  const anew = statusCode === 303 || (statusCode < 303 && asked.method.toUpperCase() === 'POST');
  return anew ? { ...next, method: 'GET', content: null } : next;
}

/** Those of the answer, but not those of its content: in .NET these stand elsewhere, and the extension leaves them out. */
function headersOf({ rawHeaders }: IncomingMessage): Record<string, string | string[]> {
  const found = new Map<string, string[]>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = KNOWN.get(rawHeaders[at]?.toLowerCase() ?? '') ?? rawHeaders[at] ?? '';
    if (!/^(content-.*|allow|expires|last-modified)$/i.test(name))
      found.set(name, [...(found.get(name) ?? []), rawHeaders[at + 1] ?? '']);
  }
  return Object.fromEntries([...found].map(([name, values]) => [name, values.length > 1 ? values : (values[0] ?? '')]));
}

/** Names that .NET knows are written in its way, whatever the server wrote. */
const KNOWN = new Map(
  `Accept-Ranges Access-Control-Allow-Credentials Access-Control-Allow-Headers Access-Control-Allow-Methods
   Access-Control-Allow-Origin Access-Control-Expose-Headers Access-Control-Max-Age Age Alt-Svc Cache-Control Connection
   Date ETag Keep-Alive Link Location P3P Pragma Proxy-Authenticate Retry-After Server Set-Cookie
   Strict-Transport-Security TSV Trailer Transfer-Encoding Upgrade Vary Via WWW-Authenticate Warning X-Content-Type-Options
   X-Frame-Options X-Powered-By X-Request-ID X-UA-Compatible X-XSS-Protection`
    .split(/\s+/)
    .map((name) => [name.toLowerCase(), name]),
);

/** In the words of .NET where they were recorded, else in those of Node. */
function failureText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return `The request was canceled due to the configured HttpClient.Timeout of ${TIMEOUT_MS / 1000} seconds elapsing.`;
  const { code, address, port }: NodeJS.ErrnoException & { address?: string; port?: number } = error;
  return code === 'ECONNREFUSED' ? `Connection refused (${address}:${port})` : error.message;
}
