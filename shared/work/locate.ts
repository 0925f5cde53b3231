import pMap from 'p-map';
import { classify } from '../azure/arm-error-table.ts';
import { flowLogFacts } from '../azure/network-facts.ts';
import { listFlowLogs, listNetworkWatchers } from '../azure/network-reads.ts';
import { coverageOf } from '../decide/coverage.ts';
import type { FlowLogFacts } from '../decide/facts.ts';
import { logsOf, overridingLogs } from '../decide/logs-of-network.ts';
import type { Run, WorkItem } from '../inbox/work-item.ts';
import type { Policy } from '../policy/document.ts';
import type { NetworkRecord } from '../records/network-record.ts';
import { nameOf } from '../resource-id.ts';
import type { StepAnswer } from '../steps/contract.ts';
import { ancestorsFor } from './ancestors.ts';
import { type FoundNetwork, findNetwork } from './find-network.ts';
import { type LocatedNetwork, type NetworkLane, spreadOverLanes } from './lane-of-networks.ts';
import { networksOfRows, removeRows } from './networks-of-rows.ts';
import { settleQuietly } from './settle-quietly.ts';
import type { WorkContext } from './work-context.ts';

type Answer = StepAnswer<{ readonly lanes: readonly NetworkLane[] }>;

const looksAtOnce = 8;

/**
 * Finds out what a batch is about: which networks, in which regions, with which watcher and flow logs. What needs no
 * look at Azure (out of scope, off, gone) settles at once. Requests: one list of watchers, one list of flow logs a
 * region, and one read for each network that nobody has seen before.
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
  if (!current || !policy || policy.mode === 'off' || !covered) {
    const networks = items.filter(({ target }) => target.kind === 'network');
    for (const { target } of networks)
      await settleQuietly(context, run, target.id, covered ? 'off' : 'outOfScope', current?.hash ?? null);
    await removeRows(context, run, items);
    return { status: 'done', did: 'unchanged', output: { lanes: [] } };
  }

  const networks = await networksOfRows(context, run, items);
  if (!networks.ok) return classify(networks.error, about);
  const find = ([networkId, rows]: readonly [string, readonly WorkItem[]]) =>
    findNetwork(context, run, networkId, rows, current.hash);
  const looked = await pMap(networks.value, find, { concurrency: looksAtOnce });
  const refusal = looked.find((one) => one !== null && 'status' in one);
  if (refusal) return refusal;
  const found = looked.filter((one) => one !== null && 'networkId' in one);
  if (found.length === 0) return { status: 'done', did: 'unchanged', output: { lanes: [] } };

  const watchers = await listNetworkWatchers(context.clients, subscriptionId);
  if (!watchers.ok) return classify(watchers.error, about);
  return lanesOf(context, policy, found, watchers.value);
}

async function lanesOf(
  context: WorkContext,
  policy: Policy,
  found: readonly FoundNetwork[],
  watchers: ReadonlyMap<string, string>,
): Promise<Answer> {
  const lanesOfRegion = async ([location, networks]: readonly [string, readonly FoundNetwork[]]) => {
    const networkWatcherId = watchers.get(location) ?? null;
    const logs = networkWatcherId ? await listFlowLogs(context.clients, networkWatcherId) : null;
    if (logs && !logs.ok) return classify(logs.error, networkWatcherId ?? location);
    const facts = (logs?.value ?? []).map(flowLogFacts);
    const located = networks.map((one) => locatedNetwork(context, one, facts));
    return spreadOverLanes(location, networkWatcherId, located, policy.limits.lanesPerRegion);
  };
  const regions = Map.groupBy(found, (one) => one.location);
  const listed = await pMap(regions, lanesOfRegion, { concurrency: looksAtOnce });
  const refusal = listed.find((one) => 'status' in one);
  if (refusal) return refusal;
  return { status: 'done', did: 'unchanged', output: { lanes: listed.flatMap((one) => ('status' in one ? [] : one)) } };
}

function locatedNetwork(
  { isOurs }: WorkContext,
  { networkId, record, rowKeys }: FoundNetwork,
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
