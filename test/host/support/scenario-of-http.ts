import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { scenarios } from './scenarios.ts';

// Requests that orchestrations make with callHttp, and the server that was asked when they were recorded.

scenarios.set('http', async (t) => {
  const { server, origin } = await listening(answering((asked) => t.requestsOfTheExtension.push(asked)));
  const nobody = await listening(() => {});
  await new Promise((closed) => nobody.server.close(closed));
  const cases = { now: `${origin}/now`, later: `${origin}/later`, bad: `${origin}/bad`, nobody: `${nobody.origin}/` };
  for (const [kind, url] of Object.entries(cases)) {
    const id = t.id(`-${kind}`);
    await t.start('http', id, { body: url, label: kind });
    await t.done(id);
    await t.keep(id);
  }
  server.close();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** `/later` is accepted and done at the second time of asking, `/bad` fails, all else is done at once. */
function answering(tell: (asked: unknown) => void): Handler {
  let polls = 0;
  return async (request, response) => {
    const { method, url } = request;
    const { host: _host, ...headers } = request.headers;
    tell({ method, url, headers, body: await text(request) });
    if (url === '/later') response.writeHead(202, { location: '/poll', 'retry-after': '2' }).end('accepted');
    else if (url === '/poll' && polls++ === 0) response.writeHead(202, { location: '/poll', 'retry-after': '1' }).end();
    else if (url === '/bad') response.writeHead(500, { 'content-type': 'text/plain' }).end('no');
    else response.writeHead(200, { 'content-type': 'application/json', 'x-answer': '1' }).end('{"ok":true}');
  };
}

async function listening(handler: Handler): Promise<{ server: Server; origin: string }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, origin: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` };
}
