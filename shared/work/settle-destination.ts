import { readDestination, writeDestination } from '../inbox/destination-row.ts';
import { ownsLane } from '../inbox/owns-lane.ts';
import { type Outcome, settleItem } from '../inbox/settle-item.ts';
import { wakeWaiters } from '../inbox/wake-waiters.ts';
import type { Run, WorkItem } from '../inbox/work-item.ts';
import { destinationOfAccount } from '../policy/destinations.ts';
import { type DestinationBody, destinationBody, newDestination } from '../records/destination-body.ts';
import type { Undo } from '../steps/contract.ts';
import { destinationAfter, type Ruling } from './destination-after.ts';
import type { DestinationOutcome, DestinationPlan } from './destination-plan.ts';
import { parkUntil } from './park-until.ts';
import { rebindNetworks } from './rebind-networks.ts';
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
    const body = destinationAfter({ plan, outcome, leftovers: settling.leftovers }, ruling, before, now);
    if ((await writeDestination(context.port, account, row, body, 'published')) === 'conflict') {
      throw new Error(`The destination ${account} was changed by another writer while it was published.`);
    }
    // After publishing, so that who plans now sees the new principal. A repeat of this activity does it again.
    if (body.rebind) await rebindNetworks(context, account, body, run);
    await wakeWaiters(context.port, account, now);
    if (outcome.kind === 'failed') context.telemetry.failed(outcome.problem.code);
    tell(context.log, account, before, body);
  }
  const itemOutcome = itemOutcomeOf(outcome, ruling.policyEtag, now);
  for (const item of items) await settleItem(context.port, run, item, itemOutcome, now);
  return null;
}

/**
 * What the policy says of an account that could not even be planned for. Without it the row would name no spec and no
 * policy: the networks would take the answer for one to another question, and ask again at once.
 */
async function currentRuling({ policies }: WorkContext, account: string): Promise<Ruling> {
  const current = await policies.current();
  return { destination: current && destinationOfAccount(current.policy, account), policyEtag: current?.etag ?? '' };
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

/** A warning is told once: again only after it was gone. */
function tell(log: WorkContext['log'], account: string, before: DestinationBody, body: DestinationBody): void {
  const { state, problem, warnings, intent, retired } = body;
  const known = new Set(before.warnings.map(({ code, resourceId }) => `${code} ${resourceId}`));
  for (const { code, message, resourceId } of warnings)
    if (!known.has(`${code} ${resourceId}`)) log.warn({ account, code, message, resourceId }, 'destination warning');
  log.info(
    {
      account,
      state,
      code: problem?.code,
      message: problem?.message,
      leftovers: intent.map(({ resourceId }) => resourceId),
      retired: retired.map(({ identityId, roleAssignmentId }) => identityId ?? roleAssignmentId),
    },
    'destination settled',
  );
}
