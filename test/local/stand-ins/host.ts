import { createServer } from 'node:http';
import { behaveAsChild, jsonListener, listen } from './child.ts';

// As much of the Functions host as a start asks for: a policy that can be read and stated, here also the environment it was given.

behaveAsChild();
let policy: string | undefined;
const port = await listen(
  createServer(
    jsonListener((method, path, body) => {
      if (path === '/environment') return [200, process.env];
      if (method === 'PUT') policy = body;
      return policy === undefined ? [404, {}] : [200, JSON.parse(policy)];
    }),
  ),
  'port',
);
process.send?.({
  kind: 'ready',
  pid: process.pid,
  appPid: process.pid,
  url: `http://127.0.0.1:${port}`,
  functionKey: null,
  eventGridKey: 'a key',
});
