import { odata } from '@azure/data-tables';
import type { ArmWrite } from '../azure/arm-clients.ts';
import { isDue } from '../inbox/choose-batch.ts';
import { readUrgentItems } from '../inbox/item-row.ts';
import { ownsLane } from '../inbox/owns-lane.ts';
import { settleItem } from '../inbox/settle-item.ts';
import { isUrgent, laneId, type Run } from '../inbox/work-item.ts';
import { networkKey } from '../records/network-record.ts';
import { concludeChange } from './admit-change.ts';
import { recordAfter, rowAfter, type Settling } from './after-a-run.ts';
import { askForAccess } from './ask-for-access.ts';
import { fulfilFlowLogIntent } from './flow-log-intents.ts';
import { askedFor, historyPartition } from './history-partition.ts';
import { tellLogElsewhere } from './log-elsewhere.ts';
import { isEnd, type NetworkItem, type RecordedPlan } from './network-item.ts';
import { noteNetwork } from './note-network.ts';
import { suspectDestination } from './suspect-destination.ts';
import type { WorkContext } from './work-context.ts';

/**
 * Writes down what became of a network: history, record, event, and the inbox row last. Each may be repeated; the row
 * goes only if nobody touched it since it was taken. `urgent`: other work is due that must not wait for this lane.
 */
export async function settleNetwork(context: WorkContext, given: Settling): Promise<{ readonly urgent: boolean }> {
  const { run, item, plan } = given;
  if (given.outcome.kind === 'stopped' && given.outcome.because === 'fenced') return { urgent: true };
  const [isOwner, before] = await Promise.all([
    ownsLane(context.port, run),
    context.records.networks.get(...networkKey(item.networkId)),
  ]);
  if (!isOwner) return { urgent: true };

  const settling = tellLogElsewhere(given, before);
  const { outcome } = settling;
  const now = context.now();
  if (outcome.kind !== 'stopped') {
    const record = recordAfter(settling, before, now);
    if (plan)
      await Promise.all([writeHistory(context, settling, plan, now), concludeChange(context, plan, outcome, before)]);
    await Promise.all([
      noteNetwork(context, run.runId, before, record),
      record.state === 'Compliant'
        ? fulfilFlowLogIntent(context, item.networkId, isEnd(outcome) ? (plan?.id ?? null) : null)
        : null,
    ]);
    measure(context, settling, now);
    const { state, because, problem, until } = record;
    context.log.info(
      { networkId: item.networkId, state, because, until, code: problem?.code, message: problem?.message },
      'network settled',
    );
  }
  const policyEtag = plan?.policyEtag ?? (await context.policies.current())?.etag ?? '';
  const rowOutcome = rowAfter(settling, policyEtag, now);
  const guid = plan?.resourceGuid ? { resourceGuid: plan.resourceGuid } : {};
  for (const row of item.rows) await settleItem(context.port, run, { ...row, ...guid }, rowOutcome, now);
  if (outcome.kind === 'planned' && plan) await askForAccess(context, item, plan, now);
  if (outcome.kind === 'failed' && plan?.desired)
    await suspectDestination(context, plan.desired.storageAccountId, outcome.problem, plan.id, now);
  return { urgent: await moreUrgentIsDue(context, run, item, now) };
}

/** The latency that counts is the user's: from when the network was first asked for. */
function measure({ telemetry }: WorkContext, { item, outcome }: Settling, now: Date): void {
  if (outcome.kind === 'failed' || outcome.kind === 'blocked') telemetry.failed(outcome.problem.code);
  const [row] = item.rows.toSorted((one, other) => one.firstSeen.localeCompare(other.firstSeen));
  if (outcome.kind !== 'changed' || !row) return;
  const seconds = (now.getTime() - Date.parse(row.firstSeen)) / 1000;
  telemetry.compliant(seconds, { reason: row.reason, location: item.location });
}

async function writeHistory(
  { records }: WorkContext,
  { run, item, outcome }: Settling,
  plan: RecordedPlan,
  now: Date,
): Promise<void> {
  if (!plan.change || !isEnd(outcome)) return;
  const { networkId, rows } = item;
  const kind = outcome.kind === 'failed' ? 'failed' : 'changed';
  await records.history.add(historyPartition(networkId), `${plan.id}~ended`, {
    kind,
    resourceId: networkId,
    run: run.runId,
    planId: plan.id,
    at: now.toISOString(),
    ...askedFor(rows),
    policyHash: plan.policyHash,
    before: plan.change.before,
    after: plan.change.after,
    code: outcome.kind === 'failed' ? outcome.problem.code : null,
    writes: await writesOf(records, run, plan),
  });
}

/** The requests that this run sent for the network, as its steps told them. */
async function writesOf(
  { steps }: WorkContext['records'],
  run: Run,
  { networkId, at }: RecordedPlan,
): Promise<ArmWrite[]> {
  const since = { partitionKey: historyPartition(networkId), filter: odata`RowKey gt ${at}` };
  const writes: ArmWrite[] = [];
  for await (const step of steps.list(since)) if (step.run === run.runId) writes.push(...step.writes);
  return writes;
}

/** Work of the sweep and of bulk requests makes way, after each network, for what an event or a person asked for. */
async function moreUrgentIsDue({ port }: WorkContext, run: Run, item: NetworkItem, now: Date): Promise<boolean> {
  if (item.rows.some(({ reason }) => isUrgent(reason))) return false;
  const rows = await readUrgentItems(port, laneId(run.lane));
  return rows.some((row) => isDue(row.state, now) && row.takenIn !== run.generation);
}
