import type { RequestListener, Server } from 'node:http';
import { parseArgs } from 'node:util';

/** What every stand-in child shares with the real ones: it ends with its parent and on SIGTERM, and Ctrl-C is its parent's business. */
export function behaveAsChild(): void {
  process.on('disconnect', () => process.exit(0));
  process.on('SIGTERM', () => process.exit(0));
  process.on('SIGINT', () => undefined);
}

/** The value of an option on the command line, whatever else is there. */
export function option(name: string): string {
  const { values } = parseArgs({ strict: false, options: { [name]: { type: 'string' } } });
  return String(values[name] ?? '0');
}

/** Listens on 127.0.0.1 at the port that the option gives, 0 = any; answers the port. */
export function listen(server: Server, portOption: string): Promise<number> {
  return new Promise((settle, refuse) => {
    server.once('error', refuse);
    server.listen(Number(option(portOption)), '127.0.0.1', () => {
      const address = server.address();
      settle(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** Answers every request with what `answer` gives for its method and path: a status and a JSON body. */
export function jsonListener(
  answer: (method: string, path: string, body: string) => [number, unknown],
): RequestListener {
  return (request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const [status, content] = answer(request.method ?? 'GET', new URL(request.url ?? '/', 'http://x').pathname, body);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
    });
  };
}
