import { setTimeout as delay } from 'node:timers/promises';
import { sameId } from '../../../shared/resource-id.ts';
import { createNetwork } from '../estate/change.ts';
import { type EstateNetwork, findNetwork, readNetworks } from '../estate/read.ts';
import type { EnvironmentFile } from '../world/env-file.ts';
import type { Operator } from '../world/operator.ts';
import { StartError } from '../world/start-error.ts';
import { getNetworks, type ToldNetwork } from './functions-api.ts';
import { whatIsWrong } from './judge.ts';

const patienceMs = 60_000;
const betweenLooksMs = 250;

/** Where the scenes play: the estate as its owner, and the run as anyone sees it. */
export type Stage = { readonly environment: EnvironmentFile; readonly operator: Operator };

/** Creates a VNet in one of the estate's subscriptions. */
export async function raiseNetwork(
  { environment, operator }: Stage,
  subscription: string,
  name: string,
  location: string,
): Promise<void> {
  const home = environment.subscriptions.find((one) => one.name === subscription);
  if (home === undefined)
    throw new StartError(`The demo needs the subscription ${subscription} of the example estate.`);
  await createNetwork(operator, {
    name,
    subscriptionId: home.id,
    resourceGroup: home.resourceGroup,
    location,
    tags: {},
  });
}

/** Waits until these VNets (all, where none are named) are as the policy wants them. */
export async function untilRight(stage: Stage, ...names: readonly string[]): Promise<void> {
  await untilNothingIsWrong(async () => {
    const networks = await readNetworks(stage.operator, stage.environment);
    const told = await getNetworks(stage.environment);
    const missing = names.filter((name) => !networks.some((network) => network.name === name));
    const wrong = networks
      .filter(({ name }) => names.length === 0 || names.includes(name))
      .map((network) => ({ name: network.name, wrong: whatIsWrong(network, told, stage.environment) }))
      .find((one) => one.wrong !== undefined);
    if (missing.length > 0) return `${missing.join(', ')}: not in the estate`;
    return wrong && `${wrong.name}: ${wrong.wrong}`;
  });
}

/** Waits until a VNet, as ARM has it and as Flowkeeper tells of it, passes a check that says what is wrong or nothing. */
export async function untilSeen(
  stage: Stage,
  name: string,
  check: (network: EstateNetwork, told: ToldNetwork | undefined) => Promise<string | undefined> | string | undefined,
): Promise<void> {
  await untilNothingIsWrong(async () => {
    const network = await findNetwork(stage.operator, stage.environment, name);
    return check(
      network,
      (await getNetworks(stage.environment)).find(({ id }) => sameId(id, network.id)),
    );
  });
}

async function untilNothingIsWrong(look: () => Promise<string | undefined>): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const wrong = await look();
    if (wrong === undefined) return;
    if (Date.now() > deadline) throw new StartError(`Still not right after ${patienceMs / 1000} s: ${wrong}`);
    await delay(betweenLooksMs);
  }
}
