import type { FlowLog } from '@azure/arm-network';
import type { NetworkFacts } from '../decide/facts.ts';
import { normalLocation, requireResourceId } from '../resource-id.ts';
import type { ArmClients } from './arm-clients.ts';
import { type ArmOutcome, arm, armFind, wholeAnswer } from './arm-outcome.ts';
import { type FlowLogBody, flowLogBody } from './flow-log-body.ts';
import { networkFacts } from './network-facts.ts';

/** One virtual network, or null where there is none. One request. */
export async function readNetwork(clients: ArmClients, networkId: string): Promise<ArmOutcome<NetworkFacts | null>> {
  const { subscriptionId, resourceGroup, names } = requireResourceId(networkId);
  return mapOutcome(
    await armFind(() => clients.network(subscriptionId).virtualNetworks.get(resourceGroup, names[0])),
    (network) => network && networkFacts(network),
  );
}

/** Every virtual network of a subscription. One request a page. */
export async function listNetworks(clients: ArmClients, subscriptionId: string): Promise<ArmOutcome<NetworkFacts[]>> {
  const all = () => Array.fromAsync(clients.network(subscriptionId).virtualNetworks.listAll());
  return mapOutcome(await arm(all), (networks) => networks.map(networkFacts));
}

/** One flow log as Azure has it, or null. One request. */
export function readFlowLog(clients: ArmClients, flowLogId: string): Promise<ArmOutcome<FlowLog | null>> {
  const { subscriptionId, resourceGroup, names } = requireResourceId(flowLogId);
  const [watcher, name = ''] = names;
  return armFind(() => clients.network(subscriptionId).flowLogs.get(resourceGroup, watcher, name));
}

/** One flow log with every field that Azure gave, or null. One request. */
export async function readWholeFlowLog(
  clients: ArmClients,
  flowLogId: string,
): Promise<ArmOutcome<FlowLogBody | null>> {
  const { subscriptionId, resourceGroup, names } = requireResourceId(flowLogId);
  const [watcher, name = ''] = names;
  const { flowLogs } = clients.network(subscriptionId);
  return armFind(async () => {
    await flowLogs.get(resourceGroup, watcher, name);
    return flowLogBody.parse(wholeAnswer());
  });
}

/** Every flow log of a network watcher, none where the watcher is gone. One request a page. */
export async function listFlowLogs(clients: ArmClients, networkWatcherId: string): Promise<ArmOutcome<FlowLog[]>> {
  const { subscriptionId, resourceGroup, names } = requireResourceId(networkWatcherId);
  const all = () => Array.fromAsync(clients.network(subscriptionId).flowLogs.list(resourceGroup, names[0]));
  return mapOutcome(await armFind(all), (flowLogs) => flowLogs ?? []);
}

/** The network watchers of a subscription by location; found by where they are, never by name or group. One request. */
export async function listNetworkWatchers(
  clients: ArmClients,
  subscriptionId: string,
): Promise<ArmOutcome<ReadonlyMap<string, string>>> {
  const all = () => Array.fromAsync(clients.network(subscriptionId).networkWatchers.listAll());
  return mapOutcome(
    await arm(all),
    (watchers) => new Map(watchers.map(({ location, id }) => [normalLocation(location ?? ''), id ?? ''])),
  );
}

/** Applies `change` to a value that was read; a refusal stays as it is. */
export function mapOutcome<From, To>(outcome: ArmOutcome<From>, change: (value: From) => To): ArmOutcome<To> {
  return outcome.ok ? { ...outcome, value: change(outcome.value) } : outcome;
}
