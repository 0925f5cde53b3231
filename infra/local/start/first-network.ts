import { createNetwork } from '../estate/change.ts';
import { readNetworks } from '../estate/read.ts';
import type { EnvironmentFile } from '../world/env-file.ts';
import { signInAsOperator } from '../world/operator.ts';
import { StartError } from '../world/start-error.ts';

const firstName = 'vnet-checkout-prod-weu';

/**
 * Creates one VNet in the estate, as its owner would, so that the main job is seen without typing; answers its id. A kept estate may
 * have the VNets of former starts: then the name gets the next free number.
 */
export async function createFirstNetwork(environment: EnvironmentFile): Promise<string> {
  const [subscription] = environment.subscriptions;
  if (subscription === undefined) throw new StartError('The estate has no subscription to create a VNet in.');
  const operator = await signInAsOperator(environment);
  const taken = new Set((await readNetworks(operator, environment)).map(({ name }) => name));
  const { id: subscriptionId, resourceGroup } = subscription;
  return createNetwork(operator, {
    name: freeName(taken),
    subscriptionId,
    resourceGroup,
    location: 'westeurope',
    tags: {},
  });
}

function freeName(taken: ReadonlySet<string>): string {
  let name = firstName;
  for (let number = 2; taken.has(name); number += 1) name = `${firstName}-${number}`;
  return name;
}
