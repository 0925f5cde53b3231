import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { ArmError, errorResponse, invalidRequest } from '../core/arm-error.ts';
import type { ArmRequest, ArmResponse } from '../core/exchange.ts';
import type { Json } from '../core/json.ts';
import type { Outcome } from './front.ts';
import { readText } from './http.ts';
import type { Tokens } from './tokens.ts';

/** One request, for the journal. */
export type Served = {
  readonly request: ArmRequest | undefined;
  readonly method: string;
  readonly url: URL;
  readonly clientRequestId: string | undefined;
  /** `null` when the answer was lost on purpose. */
  readonly response: ArmResponse | null;
  readonly startedAt: number;
};

/** What serves ARM over HTTPS: verifies the token, hands the request on, writes the answer (or closes the connection without one). */
export function createArmListener(
  tokens: Tokens,
  handle: (request: ArmRequest) => Outcome,
  served: (served: Served) => void,
): RequestListener {
  return (incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      console.error(`The ARM simulator failed on ${incoming.method} ${incoming.url?.split('?')[0]}:`, error);
      response.destroy();
    });
  };

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = Date.now();
    const url = urlOf(incoming.url ?? '/');
    const text = await readText(incoming);
    const { request, outcome } = await answered(incoming, url, text);
    if (outcome.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, outcome.delayMs));
    const clientRequestId = headerOf(incoming, 'x-ms-client-request-id');
    served({ request, method: incoming.method ?? 'GET', url, clientRequestId, response: outcome.response, startedAt });
    if (outcome.response === null) response.destroy();
    else send(response, outcome.response);
  }

  async function answered(
    incoming: IncomingMessage,
    url: URL,
    text: string,
  ): Promise<{ request?: ArmRequest; outcome: Outcome }> {
    try {
      const caller = await tokens.verify(headerOf(incoming, 'authorization'));
      const request: ArmRequest = {
        method: incoming.method ?? 'GET',
        path: pathOf(url),
        query: url.searchParams,
        headers: Object.fromEntries(Object.keys(incoming.headers).map((name) => [name, headerOf(incoming, name)])),
        body: text === '' ? undefined : parsed(text),
        caller,
      };
      return { request, outcome: handle(request) };
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      return { outcome: { response: errorResponse(error), delayMs: 0 } };
    }
  }
}

/** The address of a request; one that cannot be decoded is taken as that of nothing, which answers 404. */
function urlOf(target: string): URL {
  try {
    const url = new URL(`https://localhost${target}`);
    decodeURIComponent(url.pathname);
    return url;
  } catch {
    return new URL('https://localhost/undecodable');
  }
}

/** The path as ARM reads it: decoded, and without the double slash that the SDK of role assignments begins scopes with. */
export function pathOf(url: URL): string {
  return decodeURIComponent(url.pathname).replace(/\/{2,}/g, '/');
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidRequest('The request content was invalid and could not be deserialized: it is not JSON.');
  }
}

function headerOf(incoming: IncomingMessage, name: string): string | undefined {
  const value = incoming.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function send(response: ServerResponse, { status, headers, body }: ArmResponse): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  const content = text === '' ? undefined : { 'Content-Type': 'application/json; charset=utf-8' };
  response.writeHead(status, {
    ...headers,
    ...content,
    ...(status === 204 ? undefined : { 'Content-Length': Buffer.byteLength(text) }),
  });
  response.end(text);
}
