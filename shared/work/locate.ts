import { classify } from '../azure/arm-error-table.ts';
import { type ArmOutcome, said } from '../azure/arm-outcome.ts';
import { flowLogFacts } from '../azure/network-facts.ts';
import { listFlowLogs, listNetworkWatchers, readNetwork } from '../azure/network-reads.ts';
import { coverageOf } from '../decide/coverage.ts';
import type { FlowLogFacts } from '../decide/facts.ts';
import { logsOf, overridingLogs } from '../decide/logs-of-network.ts';
import { isDue } from '../inbox/choose-batch.ts';
import { readItem } from '../inbox/item-row.ts';
import { isByPerson, itemRowKey, laneId, type Run, type WorkItem } from '../inbox/work-item.ts';
import type { Policy } from '../policy/document.ts';
import { type NetworkRecord, networkKey } from '../records/network-record.ts';
import { nameOf } from '../resource-id.ts';
import type { StepAnswer } from '../steps/contract.ts';
import { isPause } from './admit-change.ts';
import { ancestorsFor } from './ancestors.ts';
import { type LocatedNetwork, type NetworkLane, spreadOverLanes } from './lane-of-networks.ts';
import { networksOfRows, removeRows } from './networks-of-rows.ts';
import { parkItems } from './park-items.ts';
import { settleQuietly } from './settle-quietly.ts';
import type { WorkContext } from './work-context.ts';

type Answer = StepAnswer<{ readonly lanes: readonly NetworkLane[] }>;
type Found = {
  readonly networkId: string;
  readonly location: string;
  readonly record: NetworkRecord | null;
  readonly rowKeys: readonly string[];
};

/**
 * Finds out what a batch is about: which networks, in which regions, with which watcher and flow logs. What needs no
 * look at Azure (out of scope, off, gone) settles at once. Requests: one list of watchers, one list of flow logs a
 * region, and one read for each network that is not in the records.
 */
export async function locate(
  context: WorkContext,
  { run, items }: { run: Run; items: readonly WorkItem[] },
): Promise<Answer> {
  const subscriptionId = run.lane.kind === 'subscription' ? run.lane.subscriptionId : '';
  const about = `/subscriptions/${subscriptionId}`;
  const current = await context.policies.current();
  const policy = current?.policy ?? null;
  const ancestors = policy && (await ancestorsFor(context.managementGroups, policy, subscriptionId));
  if (ancestors && !ancestors.ok) return classify(ancestors.error, about);
  const covered = !policy || !ancestors || coverageOf(policy, subscriptionId, ancestors.value) !== 'out';
  if (!policy || policy.mode === 'off' || !covered) {
    const networks = items.filter(({ target }) => target.kind === 'network');
    for (const { target } of networks)
      await settleQuietly(context, run, target.id, covered ? 'off' : 'outOfScope', current?.hash ?? null);
    await removeRows(context, run, items);
    return { status: 'done', did: 'unchanged', output: { lanes: [] } };
  }

  const networks = await networksOfRows(context, run, items);
  if (!networks.ok) return classify(networks.error, about);
  const found: Found[] = [];
  for (const [networkId, rows] of networks.value) {
    if (await isParked(context, run, networkId, rows)) {
      await removeRows(context, run, rows);
      continue;
    }
    const record = await context.records.networks.get(...networkKey(networkId));
    const location = await locationOf(context, networkId, record);
    if (!location.ok) {
      const refusal = classify(location.error, networkId);
      if (refusal.status === 'retry') return refusal;
      // One network that may not be read does not keep the others waiting.
      await parkItems(context, { run, items: rows, problem: refusal.problem });
      continue;
    }
    if (location.value) {
      found.push({ networkId, location: location.value, record, rowKeys: rows.map(({ rowKey }) => rowKey) });
      continue;
    }
    const asked = rows.some(({ reason }) => isByPerson(reason));
    if (record || asked) await settleQuietly(context, run, networkId, 'gone', current?.hash ?? null);
    await removeRows(context, run, rows);
  }
  if (found.length === 0) return { status: 'done', did: 'unchanged', output: { lanes: [] } };

  const watchers = await listNetworkWatchers(context.clients, subscriptionId);
  if (!watchers.ok) return classify(watchers.error, about);
  return lanesOf(context, policy, found, watchers.value);
}

/**
 * Whether only the network's flow logs were asked for, while it is parked itself: then nothing is to be done before its
 * time. Else the events of a failing write and of its undo would wake each other for ever.
 */
async function isParked(
  { port, records, now }: WorkContext,
  run: Run,
  networkId: string,
  rows: readonly WorkItem[],
): Promise<boolean> {
  if (rows.some(({ target, reason }) => target.kind === 'network' || isByPerson(reason))) return false;
  const own = await readItem(port, laneId(run.lane), itemRowKey({ kind: 'network', id: networkId }));
  if (own) return own.state.kind === 'parked' && !isPause(own.state.problem) && !isDue(own.state, now());
  const record = await records.networks.get(...networkKey(networkId));
  return record?.because === 'parked' && record.until !== null && Date.parse(record.until) > now().getTime();
}

async function lanesOf(
  context: WorkContext,
  policy: Policy,
  found: readonly Found[],
  watchers: ReadonlyMap<string, string>,
): Promise<Answer> {
  const lanes: NetworkLane[] = [];
  for (const [location, networks] of Map.groupBy(found, (one) => one.location)) {
    const networkWatcherId = watchers.get(location) ?? null;
    const logs = networkWatcherId ? await listFlowLogs(context.clients, networkWatcherId) : null;
    if (logs && !logs.ok) return classify(logs.error, networkWatcherId ?? location);
    const facts = (logs?.value ?? []).map(flowLogFacts);
    const located = networks.map((one) => locatedNetwork(context, one, facts));
    lanes.push(...spreadOverLanes(location, networkWatcherId, located, policy.limits.lanesPerRegion));
  }
  return { status: 'done', did: 'unchanged', output: { lanes } };
}

function locatedNetwork(
  { isOurs }: WorkContext,
  { networkId, record, rowKeys }: Found,
  flowLogs: readonly FlowLogFacts[],
): LocatedNetwork {
  const [serving, ...duplicates] = logsOf(networkId, flowLogs, isOurs).map(({ id }) => nameOf(id));
  const overriding = overridingLogs(networkId, flowLogs, overridingBefore(record)).map(({ id }) => nameOf(id));
  return { networkId, rowKeys, flowLogName: serving ?? null, otherLogNames: { duplicates, overriding } };
}

/** What the sweep saw: only Resource Graph tells cheaply in which network an interface is. */
function overridingBefore(record: NetworkRecord | null): readonly string[] {
  const actual = record?.drifts.find(({ check }) => check === 'overridingLogs')?.actual;
  return Array.isArray(actual) ? actual : [];
}

/** From the record, else one read; null where the network is gone and was never known. */
async function locationOf(
  { clients }: WorkContext,
  networkId: string,
  record: NetworkRecord | null,
): Promise<ArmOutcome<string | null>> {
  if (record?.location) return said(record.location);
  const network = await readNetwork(clients, networkId);
  return network.ok ? { ...network, value: network.value?.location ?? null } : network;
}
