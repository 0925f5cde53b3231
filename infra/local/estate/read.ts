import type { FlowLog, NetworkWatcher, VirtualNetwork } from '@azure/arm-network';
import { nameOf, parseResourceId, sameId } from '../../../shared/resource-id.ts';
import type { EnvironmentFile } from '../world/env-file.ts';
import type { Operator } from '../world/operator.ts';
import { StartError } from '../world/start-error.ts';

/** A VNet of the estate with the flow logs that have it as their target. */
export type EstateNetwork = {
  readonly id: string;
  readonly name: string;
  readonly subscriptionId: string;
  readonly subscriptionName: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly network: VirtualNetwork;
  readonly flowLogs: readonly EstateFlowLog[];
};
export type EstateFlowLog = { readonly id: string; readonly flowLog: FlowLog };

/** All VNets of the estate, as ARM has them now, by subscription and name. */
export async function readNetworks(
  operator: Operator,
  environment: EnvironmentFile,
): Promise<readonly EstateNetwork[]> {
  return (await readEstate(operator, environment)).networks;
}

/** All VNets, and the flow logs that are left of VNets which are gone. */
export async function readEstate(
  operator: Operator,
  environment: EnvironmentFile,
): Promise<{ readonly networks: readonly EstateNetwork[]; readonly orphans: readonly EstateFlowLog[] }> {
  const perSubscription = environment.subscriptions.map(async ({ id: subscriptionId, name: subscriptionName }) => {
    const client = operator.network(subscriptionId);
    const [networks, watchers] = await Promise.all([
      Array.fromAsync(client.virtualNetworks.listAll()),
      Array.fromAsync(client.networkWatchers.listAll()),
    ]);
    const flowLogs = (
      await Promise.all(watchers.map((watcher) => flowLogsOf(operator, subscriptionId, watcher)))
    ).flat();
    const networksWithLogs = networks
      .map((network) => ({
        ...placeOf(network.id ?? ''),
        subscriptionName,
        location: network.location ?? '',
        network,
        flowLogs: flowLogs.filter(({ flowLog }) => sameId(flowLog.targetResourceId ?? '', network.id ?? '')),
      }))
      .sort((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }));
    const owned = new Set(networksWithLogs.flatMap((network) => network.flowLogs));
    return { networks: networksWithLogs, orphans: flowLogs.filter((flowLog) => !owned.has(flowLog)) };
  });
  const subscriptions = await Promise.all(perSubscription);
  return {
    networks: subscriptions.flatMap(({ networks }) => networks),
    orphans: subscriptions.flatMap(({ orphans }) => orphans),
  };
}

/** The one VNet with this name or resource id. */
export async function findNetwork(
  operator: Operator,
  environment: EnvironmentFile,
  nameOrId: string,
): Promise<EstateNetwork> {
  const named = (await readNetworks(operator, environment)).filter(({ id, name }) =>
    sameId(nameOrId.includes('/') ? id : name, nameOrId),
  );
  return theOne(named, 'VNet', nameOrId);
}

/** The one flow log of a VNet. */
export async function findFlowLog(
  operator: Operator,
  environment: EnvironmentFile,
  network: string,
): Promise<EstateFlowLog> {
  const { name, flowLogs } = await findNetwork(operator, environment, network);
  return theOne(flowLogs, 'flow log of', name);
}

/** Picks the only element; a StartError says when there is none or more than one. */
export function theOne<T extends { readonly id: string }>(found: readonly T[], kind: string, name: string): T {
  const [first, ...others] = found;
  if (first === undefined)
    throw new StartError(`There is no ${kind} '${name}' in the estate. See: npm run estate -- list`);
  if (others.length > 0) {
    throw new StartError(
      `There is more than one ${kind} '${name}'; give the id of one:\n${found.map(({ id }) => `  ${id}`).join('\n')}`,
    );
  }
  return first;
}

async function flowLogsOf(
  operator: Operator,
  subscriptionId: string,
  watcher: NetworkWatcher,
): Promise<readonly EstateFlowLog[]> {
  const { resourceGroup, name } = placeOf(watcher.id ?? '');
  const flowLogs = await Array.fromAsync(operator.network(subscriptionId).flowLogs.list(resourceGroup, name));
  return flowLogs.map((flowLog) => ({ id: flowLog.id ?? '', flowLog }));
}

function placeOf(id: string): { id: string; name: string; subscriptionId: string; resourceGroup: string } {
  const parsed = parseResourceId(id);
  return {
    id,
    name: nameOf(id),
    subscriptionId: parsed?.subscriptionId ?? '',
    resourceGroup: parsed?.resourceGroup ?? '',
  };
}
