import { join, relative, resolve } from 'node:path';
import type { World } from '../world/world-options.ts';

/** Where everything listens, once all is ready. */
export function welcome(world: World, tookMs: number): string {
  const { functionsUrl, armEndpoint, caFile, identityEndpoint, storageConnectionString, subscriptions } =
    world.environment();
  const storage = [...storageConnectionString.matchAll(/(\w+)Endpoint=([^;]+)/g)].map(
    ([, service, url]) => `${url} (${service?.toLowerCase()})`,
  );
  const seconds = (tookMs / 1000).toFixed(1);
  return `${world.isNew ? 'Began anew' : 'Went on from the kept state'}, ready after ${seconds} s. Everything is kept in ${here(world.dataDir)}.
  functions   ${functionsUrl}
  ARM         ${armEndpoint} (its certificate: ${here(caFile)})
  identities  ${identityEndpoint}
  storage     ${storage.join('\n              ')}
  all of it   ${here(join(world.dataDir, 'env.json'))}, for programs
The estate has ${subscriptions.length} subscriptions: ${subscriptions.map(({ name }) => name).join(', ')}.
`;
}

/** Commands that work right now, for a person who wonders what to do next. */
export function whatToTry(world: World, networkId: string): string {
  const { functionsUrl, functionKey } = world.environment();
  // The key itself stays out of screens and logs.
  const environmentFile = resolve(world.dataDir, 'env.json');
  const key =
    functionKey === null ? '' : `-H "x-functions-key: $(node -p "require('${environmentFile}').functionKey")" `;
  const data = here(world.dataDir) === '.flowkeeper' ? '' : `--data ${here(world.dataDir)} `;
  const body = JSON.stringify({ networks: [networkId] });
  return `
Try, in another terminal:
  npm run estate -- ${data}list
  npm run estate -- ${data}create-network vnet-orders-prod-neu --location northeurope
  npm run estate -- ${data}disable-flow-log vnet-payments-prod-weu
  npm run estate -- ${data}repoint-flow-log vnet-shop-prod-weu stpaymentsarchiveweu
  npm run estate -- ${data}delete-flow-log vnet-shop-prod-weu
  curl -s ${key}${functionsUrl}/api/networks
  curl -s ${key}${functionsUrl}/api/policy
  curl -si ${key}${functionsUrl}/api/remediations -H 'content-type: application/json' -d '${body}'
Ctrl-C stops everything.
`;
}

/** The path as a person in the current folder would write it. */
export function here(path: string): string {
  const shorter = relative('.', path);
  return shorter === '' || shorter.startsWith('..') ? path : shorter;
}
