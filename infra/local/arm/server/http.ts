import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** Reads a whole request body as text. */
export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

/** Answers with a JSON document. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** Longer than any client here pauses; Node's own 5 s race with clients that are slow. */
const keepAliveMs = 130_000;

/** Listens on a port of 127.0.0.1 (0 = a free one). Returns the port; the error says which port is taken. */
export async function listen(server: Server | SecureServer, port: number): Promise<number> {
  server.keepAliveTimeout = keepAliveMs;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Stops a server, and the connections that clients keep open. */
export async function close(server: Server | SecureServer): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
