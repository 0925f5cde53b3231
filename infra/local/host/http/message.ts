import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

export interface HttpRequest {
  method: string;
  /** The address that the client used, with origin and query. */
  url: URL;
  /** The parts of the path as they came, still encoded. */
  segments: string[];
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface HttpAnswer {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
}

/** 404 without a body. */
export const notFound: HttpAnswer = { status: 404 };

/** An answer with a JSON body. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** Reads a request whole. A path that is no valid one is an error. */
export async function readRequest(incoming: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const url = new URL(`http://${incoming.headers.host ?? '127.0.0.1'}${incoming.url ?? '/'}`);
  return {
    method: incoming.method ?? 'GET',
    url,
    segments: url.pathname.split('/').slice(1),
    headers: incoming.headers,
    body: Buffer.concat(chunks),
  };
}

/** Sends an answer; nothing may have been sent before. */
export function writeAnswer(response: ServerResponse, answer: HttpAnswer): void {
  response.writeHead(answer.status, answer.headers ?? {});
  response.end(answer.body);
}

/** A header's value; of several, the first. */
export function header(request: HttpRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
