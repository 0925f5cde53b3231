import { readDestination, writeDestination } from '../inbox/destination-row.ts';
import { enqueue } from '../inbox/enqueue.ts';
import { ownsLane } from '../inbox/owns-lane.ts';
import { type Outcome, settleItem } from '../inbox/settle-item.ts';
import { wakeWaiters } from '../inbox/wake-waiters.ts';
import type { Run, WorkItem } from '../inbox/work-item.ts';
import { destinationSpec } from '../policy/destinations.ts';
import { type DestinationBody, destinationBody, newDestination } from '../records/destination-body.ts';
import { requireResourceId, sameId } from '../resource-id.ts';
import type { Undo } from '../steps/contract.ts';
import type { DestinationOutcome, DestinationPlan } from './destination-plan.ts';
import { parkUntil } from './park-until.ts';
import type { WorkContext } from './work-context.ts';

export type DestinationSettling = {
  readonly run: Run;
  readonly items: readonly WorkItem[];
  readonly plan: DestinationPlan | null;
  readonly outcome: DestinationOutcome;
  /** How to take back what is still there. */
  readonly leftovers: readonly Undo[];
};

/**
 * Publishes a destination as ready or blocked, wakes the networks that wait for it, and settles its items, in this
 * order: whoever is not woken is still somebody's work. A run that was stopped publishes nothing; its intent stays.
 */
export async function settleDestination(context: WorkContext, settling: DestinationSettling): Promise<null> {
  const { run, items, plan, outcome } = settling;
  if (run.lane.kind !== 'destination' || !(await ownsLane(context.port, run))) return null;
  const { account } = run.lane;
  const now = context.now();
  if (outcome.kind !== 'stopped') {
    const row = await readDestination(context.port, account);
    const before = row ? destinationBody.parse(row.body) : newDestination;
    const body = bodyOf(settling, before, now);
    if (before.principalId && body.principalId && !sameId(before.principalId, body.principalId))
      await enqueueBound(context, body, run);
    if ((await writeDestination(context.port, account, row, body, 'published')) === 'conflict') {
      throw new Error(`The destination ${account} was changed by another writer while it was published.`);
    }
    await wakeWaiters(context.port, account, now);
    const { state, problem } = body;
    const leftovers = body.intent.map(({ resourceId }) => resourceId);
    context.log.info(
      { account, state, code: problem?.code, message: problem?.message, leftovers },
      'destination settled',
    );
  }
  const itemOutcome = itemOutcomeOf(outcome, plan, now);
  for (const item of items) await settleItem(context.port, run, item, itemOutcome, now);
  return null;
}

function bodyOf(
  { plan, outcome, leftovers }: DestinationSettling,
  before: DestinationBody,
  now: Date,
): DestinationBody {
  const destination = plan?.destination ?? null;
  const known = {
    storageAccountId: destination?.storageAccountId ?? before.storageAccountId,
    identityId: destination?.identityId ?? null,
    spec: destination ? destinationSpec(destination) : null,
    checkedAt: now.toISOString(),
    intent: plan ? [...leftovers] : before.intent,
  };
  switch (outcome.kind) {
    case 'ready':
      return { ...known, state: 'ready', principalId: outcome.principalId, problem: null, nextTry: null };
    case 'failed':
      return {
        ...before,
        ...known,
        state: 'blocked',
        problem: outcome.problem,
        nextTry: parkUntil(outcome.problem, now),
      };
    default:
      return { ...before, ...known, state: 'idle', problem: null, nextTry: null };
  }
}

function itemOutcomeOf(outcome: DestinationOutcome, plan: DestinationPlan | null, now: Date): Outcome {
  if (outcome.kind === 'stopped') return { kind: 'due' };
  if (outcome.kind !== 'failed') return { kind: 'remove' };
  return {
    kind: 'parked',
    until: parkUntil(outcome.problem, now),
    problem: outcome.problem,
    policyHash: plan?.policyHash ?? '',
  };
}

/** An identity made anew has another principal: every flow log bound to the former one has to be bound again. */
async function enqueueBound(
  { records, port, now }: WorkContext,
  { storageAccountId }: DestinationBody,
  run: Run,
): Promise<void> {
  const bound: string[] = [];
  for await (const record of records.networks.list()) {
    if (record.storageAccountId && storageAccountId && sameId(record.storageAccountId, storageAccountId))
      bound.push(record.id);
  }
  for (const [subscriptionId, ids] of Map.groupBy(bound, (id) => requireResourceId(id).subscriptionId)) {
    const requests = ids.map((id) => ({
      target: { kind: 'network' as const, id },
      reason: 'tamper' as const,
      correlationId: run.runId,
    }));
    await enqueue(port, { kind: 'subscription', subscriptionId }, requests, now(), 0);
  }
}
