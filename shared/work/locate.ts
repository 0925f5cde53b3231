import { classify } from '../azure/arm-error-table.ts';
import { type ArmOutcome, said } from '../azure/arm-outcome.ts';
import { listFlowLogs, listNetworkWatchers, readNetwork } from '../azure/network-reads.ts';
import { coverageOf } from '../decide/coverage.ts';
import { isDue } from '../inbox/choose-batch.ts';
import { readItem } from '../inbox/item-row.ts';
import { isByPerson, itemRowKey, laneId, type Run, type WorkItem } from '../inbox/work-item.ts';
import type { Policy } from '../policy/document.ts';
import { networkKey } from '../records/network-record.ts';
import { sameId } from '../resource-id.ts';
import type { StepAnswer } from '../steps/contract.ts';
import { isPause } from './admit-change.ts';
import { ancestorsFor } from './ancestors.ts';
import { type LocatedNetwork, type NetworkLane, spreadOverLanes } from './lane-of-networks.ts';
import { networksOfRows, removeRows } from './networks-of-rows.ts';
import { parkItems } from './park-items.ts';
import { settleQuietly } from './settle-quietly.ts';
import type { WorkContext } from './work-context.ts';

type Answer = StepAnswer<{ readonly lanes: readonly NetworkLane[] }>;
type Found = { readonly networkId: string; readonly location: string; readonly rowKeys: readonly string[] };

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
    const location = await locationOf(context, networkId);
    if (!location.ok) {
      const refusal = classify(location.error, networkId);
      if (refusal.status === 'retry') return refusal;
      // One network that may not be read does not keep the others waiting.
      await parkItems(context, { run, items: rows, problem: refusal.problem });
      continue;
    }
    if (location.value) {
      found.push({ networkId, location: location.value, rowKeys: rows.map(({ rowKey }) => rowKey) });
      continue;
    }
    const known = await context.records.networks.get(...networkKey(networkId));
    const asked = rows.some(({ reason }) => isByPerson(reason));
    if (known || asked) await settleQuietly(context, run, networkId, 'gone', current?.hash ?? null);
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
    const serving = ({ networkId, rowKeys }: Found): LocatedNetwork => ({
      networkId,
      rowKeys,
      flowLogName: logs?.value.find(({ targetResourceId }) => sameId(targetResourceId ?? '', networkId))?.name ?? null,
    });
    lanes.push(...spreadOverLanes(location, networkWatcherId, networks.map(serving), policy.limits.lanesPerRegion));
  }
  return { status: 'done', did: 'unchanged', output: { lanes } };
}

/** From the records, else one read; null where the network is gone and was never known. */
async function locationOf({ clients, records }: WorkContext, networkId: string): Promise<ArmOutcome<string | null>> {
  const record = await records.networks.get(...networkKey(networkId));
  if (record?.location) return said(record.location);
  const network = await readNetwork(clients, networkId);
  return network.ok ? { ...network, value: network.value?.location ?? null } : network;
}
