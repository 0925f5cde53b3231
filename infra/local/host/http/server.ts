import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../log.ts';
import { type HttpAnswer, type HttpRequest, json, readRequest, writeAnswer } from './message.ts';

export type Handler = (request: HttpRequest) => Promise<HttpAnswer>;

/** As long as the real host's server keeps an idle connection (Kestrel's default); Node's 5 s race with clients that are slow. */
const keepAliveMs = 130_000;

/** An HTTP server on the loopback address, port 0 for a free one. An unexpected error is answered with 500 and logged. */
export async function listen(
  port: number,
  handle: Handler,
  log: Log,
): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((incoming, response) => {
    readRequest(incoming)
      .then(handle)
      .catch((error): HttpAnswer => {
        log({
          level: 'error',
          category: 'Host.Http',
          message: `${incoming.method} ${incoming.url?.split('?')[0]}: ${String(error?.stack ?? error)}`,
        });
        return json(500, { Message: 'Something went wrong while processing your request' });
      })
      .then((answer) => writeAnswer(response, answer));
  });
  server.keepAliveTimeout = keepAliveMs;
  const { port: actual } = await listening(server, port);
  return {
    url: `http://127.0.0.1:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listening(server: Server, port: number): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} is in use. Stop what uses it, or choose another one with --port.`)
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address;
}
