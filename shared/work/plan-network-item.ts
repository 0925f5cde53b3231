import { classify } from '../azure/arm-error-table.ts';
import { type ArmOutcome, said } from '../azure/arm-outcome.ts';
import { flowLogFacts } from '../azure/network-facts.ts';
import { mapOutcome, readFlowLog, readNetwork } from '../azure/network-reads.ts';
import { countedRepairs, isAsLeft } from '../decide/contested.ts';
import type { FlowLogFacts, NetworkFacts } from '../decide/facts.ts';
import { decideIntent, type Intent } from '../decide/intent.ts';
import { readDestination } from '../inbox/destination-row.ts';
import { isByPerson, type Run } from '../inbox/work-item.ts';
import { contest, fieldsInContest } from '../plan/contest.ts';
import { planGone } from '../plan/plan-gone.ts';
import { type NetworkPlan, planNetwork } from '../plan/plan-network.ts';
import type { CurrentPolicy } from '../policy/ruling.ts';
import { destinationBody } from '../records/destination-body.ts';
import { emptyRecord, networkKey } from '../records/network-record.ts';
import { nameOf, requireResourceId } from '../resource-id.ts';
import type { StepAnswer } from '../steps/contract.ts';
import { ancestorsFor } from './ancestors.ts';
import { type DestinationView, viewDestination } from './destination-view.ts';
import { wroteThese } from './flow-log-intents.ts';
import { askedFor, historyPartition } from './history-partition.ts';
import type { NetworkItem, RecordedPlan } from './network-item.ts';
import { planIdOf } from './plan-id.ts';
import { isTakenBack } from './taken-back.ts';
import { whoContests } from './who-contests.ts';
import type { WorkContext } from './work-context.ts';

/**
 * Looks at one network just before its turn, and plans. The plan is recorded (by the orchestration's history), so a
 * deployment can't change a running step, and what was there before us is known before the first write. Two requests.
 */
export async function planNetworkItem(
  context: WorkContext,
  { run, item }: { run: Run; item: NetworkItem },
): Promise<StepAnswer<RecordedPlan>> {
  const { networkId } = item;
  // Before it is seen whether the item was taken back: so a look that goes on is older than the taking back.
  const at = context.now().toISOString();
  if (await isTakenBack(context, run, item.rows)) return { status: 'stopped', because: 'cancelled' };
  const [current, network] = await Promise.all([context.policies.current(), readNetwork(context.clients, networkId)]);
  if (!network.ok) return classify(network.error, networkId);
  if (!current) return planned(run, item, off, null, current, at);
  if (!network.value) return planGoneItem(context, run, item, current, at);

  if (network.value.location !== item.location) return relocate(context, run, item, network.value, current, at);

  const { subscriptionId } = requireResourceId(networkId);
  const ancestors = await ancestorsFor(context.managementGroups, current.policy, subscriptionId);
  if (!ancestors.ok) return classify(ancestors.error, networkId);
  const intent = decideIntent(current.policy, network.value, at, ancestors.value);
  const flowLogs: FlowLogFacts[] = [];
  for (const flowLogId of [item.flowLogId, ...item.otherLogs.duplicates]) {
    const flowLog = flowLogId === null ? null : await readFlowLog(context.clients, flowLogId);
    if (flowLog && !flowLog.ok) return classify(flowLog.error, networkId);
    if (flowLog?.value) flowLogs.push(flowLogFacts(flowLog.value));
  }

  const wanted = planNetwork(intent, {
    network: network.value,
    flowLogs,
    overridingLogs: item.otherLogs.overriding,
    ...(await destinationOf(context, intent)),
    isOurs: context.isOurs,
  });
  const { contestedAfter } = current.policy.limits;
  const plan = await unlessContested(context, item, wanted, flowLogs, network.value.resourceGuid, contestedAfter);
  const answer = planned(run, item, plan, network.value, current, at);
  await writeIntended(context, run, item, answer.output);
  const { verdict, change, because } = plan;
  const drifts = 'drifts' in verdict ? verdict.drifts.map(({ check }) => check) : [];
  context.log.info({ networkId, state: verdict.state, change: change?.kind ?? 'none', because, drifts }, 'plan made');
  return answer;
}

/**
 * Deleted and made again elsewhere under its name: its lane, watcher and flow logs are those of another region. A log of ours
 * that stayed behind goes first, because Azure allows one a network.
 */
async function relocate(
  context: WorkContext,
  run: Run,
  item: NetworkItem,
  network: NetworkFacts,
  current: CurrentPolicy,
  at: string,
): Promise<StepAnswer<RecordedPlan>> {
  const key = networkKey(item.networkId);
  const record = await context.records.networks.get(...key);
  await context.records.networks.put(...key, {
    ...(record ?? emptyRecord(item.networkId)),
    location: network.location,
  });
  const flowLog = await leftLog(context, item);
  if (!flowLog.ok) return classify(flowLog.error, item.networkId);
  const isOurs = flowLog.value !== null && context.isOurs(flowLog.value.tags);
  const plan = planGone(current.policy.mode, flowLog.value, isOurs);
  if (!plan.change || plan.because) return { status: 'stopped', because: 'relocated' };
  const answer = planned(run, item, { ...plan, verdict: { state: 'Pending' } }, network, current, at);
  await writeIntended(context, run, item, answer.output);
  return answer;
}

async function leftLog({ clients }: WorkContext, { flowLogId }: NetworkItem): Promise<ArmOutcome<FlowLogFacts | null>> {
  if (flowLogId === null) return said(null);
  return mapOutcome(await readFlowLog(clients, flowLogId), (flowLog) => flowLog && flowLogFacts(flowLog));
}

const off: NetworkPlan = {
  verdict: { state: 'Pending' },
  change: null,
  because: 'off',
  until: null,
  flowLogId: null,
  logging: null,
  foundAs: null,
  desired: null,
};

async function planGoneItem(
  context: WorkContext,
  run: Run,
  item: NetworkItem,
  current: CurrentPolicy,
  at: string,
): Promise<StepAnswer<RecordedPlan>> {
  const flowLog = await leftLog(context, item);
  if (!flowLog.ok) return classify(flowLog.error, item.networkId);
  const facts = flowLog.value;
  const plan = planGone(current.policy.mode, facts, facts !== null && context.isOurs(facts.tags));
  const answer = planned(run, item, plan, null, current, at);
  await writeIntended(context, run, item, answer.output);
  return answer;
}

function planned(
  run: Run,
  item: NetworkItem,
  plan: NetworkPlan,
  network: NetworkFacts | null,
  current: CurrentPolicy | null,
  at: string,
) {
  const id = planIdOf(run, item.networkId);
  const policyEtag = current?.etag ?? '';
  const output: RecordedPlan = {
    ...plan,
    id,
    networkId: network?.id ?? item.networkId,
    at,
    policyEtag,
    policyHash: current?.hash ?? '',
    resourceGuid: network?.resourceGuid ?? null,
  };
  return { status: 'done', did: 'unchanged', output } as const;
}

/** The plan, which writes nothing where somebody else keeps undoing what it would write. */
async function unlessContested(
  context: WorkContext,
  { networkId, rows }: NetworkItem,
  plan: NetworkPlan,
  [flowLog]: readonly FlowLogFacts[],
  resourceGuid: string | null,
  contestedAfter: number,
): Promise<NetworkPlan> {
  const record = await context.records.networks.get(...networkKey(networkId));
  if (isAsLeft(record, plan)) return plan;
  const byPerson = rows.some(({ reason }) => isByPerson(reason));
  const fields = fieldsInContest(plan, countedRepairs(record, resourceGuid, byPerson), contestedAfter);
  if (fields.length === 0) return plan;
  if (plan.change?.before && (await wroteThese(context, networkId, plan.change.before))) return plan;
  const actorId = rows.findLast((row) => row.actorId !== undefined)?.actorId ?? null;
  return contest(
    plan,
    fields,
    await whoContests(context, { networkId, flowLog: flowLog ?? null, fields, times: contestedAfter, actorId }),
  );
}

async function destinationOf({ port }: WorkContext, intent: Intent): Promise<DestinationView> {
  const desired = intent.kind === 'desired' ? intent.desired : null;
  const row = desired && (await readDestination(port, nameOf(desired.storageAccountId)));
  return viewDestination(row ? destinationBody.parse(row.body) : null, desired);
}

/** Before the first request, so that no change is without a trace. */
async function writeIntended({ records }: WorkContext, run: Run, item: NetworkItem, plan: RecordedPlan): Promise<void> {
  if (!plan.change || plan.because) return;
  const { networkId, rows } = item;
  await records.history.add(historyPartition(networkId), `${plan.id}~intended`, {
    kind: 'intended',
    resourceId: networkId,
    run: run.runId,
    planId: plan.id,
    at: plan.at,
    ...askedFor(rows),
    policyHash: plan.policyHash,
    before: plan.change.before,
    after: plan.change.after,
    code: null,
    writes: [],
  });
}
