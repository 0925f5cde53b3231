import { readDestination, writeDestination } from '../inbox/destination-row.ts';
import { enqueue } from '../inbox/enqueue.ts';
import { ownsLane } from '../inbox/owns-lane.ts';
import { type Outcome, settleItem } from '../inbox/settle-item.ts';
import { wakeWaiters } from '../inbox/wake-waiters.ts';
import type { Run, WorkItem } from '../inbox/work-item.ts';
import { destinationOfAccount, destinationSpec } from '../policy/destinations.ts';
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
  const ruling = plan ?? (await currentRuling(context, account));
  if (outcome.kind !== 'stopped') {
    const row = await readDestination(context.port, account);
    const before = row ? destinationBody.parse(row.body) : newDestination;
    const body = bodyOf(settling, ruling, before, now);
    if ((await writeDestination(context.port, account, row, body, 'published')) === 'conflict') {
      throw new Error(`The destination ${account} was changed by another writer while it was published.`);
    }
    // After publishing, so that who plans now sees the new principal. A repeat of this activity does it again.
    if (body.rebind) await rebindAll(context, account, body, run);
    await wakeWaiters(context.port, account, now);
    const { state, problem } = body;
    if (outcome.kind === 'failed') context.telemetry.failed(outcome.problem.code);
    const leftovers = body.intent.map(({ resourceId }) => resourceId);
    context.log.info(
      { account, state, code: problem?.code, message: problem?.message, leftovers },
      'destination settled',
    );
  }
  const itemOutcome = itemOutcomeOf(outcome, ruling.policyEtag, now);
  for (const item of items) await settleItem(context.port, run, item, itemOutcome, now);
  return null;
}

type Ruling = Pick<DestinationPlan, 'destination' | 'policyEtag'>;

/**
 * What the policy says of an account that could not even be planned for. Without it the row would name no spec and no
 * policy: the networks would take the answer for one to another question, and ask again at once.
 */
async function currentRuling({ policies }: WorkContext, account: string): Promise<Ruling> {
  const current = await policies.current();
  return { destination: current && destinationOfAccount(current.policy, account), policyEtag: current?.etag ?? '' };
}

function bodyOf(
  { plan, outcome, leftovers }: DestinationSettling,
  { destination, policyEtag }: Ruling,
  before: DestinationBody,
  now: Date,
): DestinationBody {
  const known = {
    storageAccountId: destination?.storageAccountId ?? before.storageAccountId,
    identityId: destination?.identityId ?? null,
    spec: destination ? destinationSpec(destination) : null,
    checkedAt: now.toISOString(),
    policyEtag,
    intent: plan ? [...leftovers] : before.intent,
  };
  switch (outcome.kind) {
    case 'ready':
      return {
        ...known,
        state: 'ready',
        principalId: outcome.principalId,
        rebind: before.rebind || isAnother(before.principalId, outcome.principalId),
        problem: null,
        nextTry: null,
      };
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

function isAnother(former: string | null, principalId: string | null): boolean {
  return former !== null && principalId !== null && !sameId(former, principalId);
}

function itemOutcomeOf(outcome: DestinationOutcome, policyEtag: string, now: Date): Outcome {
  if (outcome.kind === 'stopped') return { kind: 'due' };
  if (outcome.kind !== 'failed') return { kind: 'remove' };
  return {
    kind: 'parked',
    until: parkUntil(outcome.problem, now),
    problem: outcome.problem,
    policyEtag,
  };
}

/** An identity made anew has another principal: every flow log bound to the former one has to be bound again. */
async function rebindAll(
  { records, port, now }: WorkContext,
  account: string,
  body: DestinationBody,
  run: Run,
): Promise<void> {
  const { storageAccountId } = body;
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
  const row = await readDestination(port, account);
  if (row) await writeDestination(port, account, row, { ...body, rebind: false }, 'noted');
}
