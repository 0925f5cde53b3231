import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { join } from 'node:path';
import { behaveAsChild, jsonListener, listen, option } from './child.ts';

// As much of the ARM simulator as a start asks for: tokens, and event subscriptions, which it keeps in a file for the test to see.

behaveAsChild();
const subscribed: Record<string, string> = {};
const arm = createSecureServer(
  { cert: readFileSync(option('cert')), key: readFileSync(option('key')) },
  jsonListener((method, path, body) => {
    if (method === 'PUT') subscribed[path] = JSON.parse(body).properties.destination.properties.endpointUrl;
    writeFileSync(join(option('data'), 'arm.json'), JSON.stringify(subscribed));
    return [200, { properties: { provisioningState: 'Succeeded' } }];
  }),
);
const identity = createServer(jsonListener(() => [200, { access_token: 'a token' }]));
const control = createServer(jsonListener(() => [404, {}]));
const [armPort, identityPort, controlPort] = await Promise.all([
  listen(arm, 'port'),
  listen(identity, 'identity-port'),
  listen(control, 'control-port'),
]);
process.send?.({
  kind: 'ready',
  pid: process.pid,
  armEndpoint: `https://127.0.0.1:${armPort}`,
  identityEndpoint: `http://127.0.0.1:${identityPort}/msi/token`,
  identityHeader: 'a header',
  controlUrl: `http://127.0.0.1:${controlPort}`,
  blobEndpoint: `https://127.0.0.1:${armPort}`,
  tenantId: 'a tenant',
});
