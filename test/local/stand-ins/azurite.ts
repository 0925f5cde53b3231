import { createServer } from 'node:http';
import { behaveAsChild, jsonListener, listen } from './child.ts';

behaveAsChild();
const service = () => createServer(jsonListener(() => [404, {}]));
const [blob, queue, table] = await Promise.all([
  listen(service(), 'blob-port'),
  listen(service(), 'queue-port'),
  listen(service(), 'table-port'),
]);
process.send?.({ kind: 'ready', pid: process.pid, ports: { blob, queue, table } });
