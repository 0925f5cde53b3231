import { type Admission, type Asking, admit, conclude } from '../decide/change-count.ts';
import { isUrgent, type Reason, type Run, type WorkItem } from '../inbox/work-item.ts';
import { startsLogging } from '../plan/flow-log-change.ts';
import type { Limits } from '../policy/limits.ts';
import { ownProblem, type Problem } from '../problem.ts';
import { updateChangeCount } from '../records/change-count-row.ts';
import { type NetworkRecord, networkKey } from '../records/network-record.ts';
import { fence } from './fence.ts';
import { type AdmittedChange, isEnd, type NetworkOutcome, type RecordedPlan } from './network-item.ts';
import { isTakenBack } from './taken-back.ts';
import type { WorkContext } from './work-context.ts';

/**
 * Whether a planned change may be written now: nobody has cancelled it, and by what all runs have changed of late. Asked
 * last, when the destination is ready: what is counted is written. Never held back are what a person asked for by itself, and logging that begins
 * where an event or a person told of its lack.
 */
export async function admitChange(
  context: WorkContext,
  { run, plan, rows }: { run: Run; plan: RecordedPlan; rows: readonly WorkItem[] },
): Promise<AdmittedChange> {
  const { port, policies, records, now } = context;
  const stop = await fence(context, run, plan.policyEtag);
  if (stop) return { kind: 'stopped', because: stop };
  if (await isTakenBack(context, run, rows)) return { kind: 'stopped', because: 'cancelled' };
  const limits = (await policies.current())?.policy.limits;
  if (!limits || (limits.changesPerHour === null && limits.pauseWhen === null)) return { kind: 'go' };

  const record = await records.networks.get(...networkKey(plan.networkId));
  const asking: Asking = {
    planId: plan.id,
    exempt: isExempt(
      plan,
      rows.map(({ reason }) => reason),
    ),
    turn: record?.turn ?? null,
  };
  const admission = await updateChangeCount(port, (known) => {
    const { admission, count } = admit(known, asking, limits, plan.policyEtag, now());
    return { count, answer: admission };
  });
  if (admission.kind === 'go') return admission;
  const { kind, until, turn } = admission;
  return { kind, until, turn, problem: pauseProblem(plan.networkId, admission, limits) };
}

/** Whether a network waits for its turn only: then an event of its flow log is still looked at, which may have been deleted. */
export function isPause({ code }: Problem): boolean {
  return code === 'HourlyLimitReached' || code === 'TooManyChangesFailed';
}

function isExempt({ change }: RecordedPlan, reasons: readonly Reason[]): boolean {
  return reasons.includes('manual') || (reasons.some(isUrgent) && change !== null && startsLogging(change));
}

/**
 * Counts how a change ended; a failure that was known before is no news. To be called before the record is written, which
 * knows it after that.
 */
export async function concludeChange(
  { port, policies, log, now }: WorkContext,
  plan: RecordedPlan,
  outcome: NetworkOutcome,
  before: NetworkRecord | null,
): Promise<void> {
  if (!plan.change || !isEnd(outcome)) return;
  if (outcome.kind === 'failed' && before?.problem?.code === outcome.problem.code) return;
  const current = await policies.current();
  const limits = current?.policy.limits;
  if (!limits?.pauseWhen || current?.etag !== plan.policyEtag) return;
  const end = { planId: plan.id, failed: outcome.kind === 'failed' };
  const pausedUntil = await updateChangeCount(port, (known) => {
    const count = conclude(known, end, limits, plan.policyEtag, now());
    return { count, answer: known.pausedUntil === count.pausedUntil ? null : count.pausedUntil };
  });
  if (pausedUntil) log.error({ until: pausedUntil, ...limits.pauseWhen }, 'changes paused: too many have failed');
}

function pauseProblem(
  networkId: string,
  { until, failed }: Extract<Admission, { kind: 'paused' }>,
  { changesPerHour, pauseWhen }: Limits,
): Problem {
  const anyway = 'A remediation of this network alone is not held back.';
  if (!failed || !pauseWhen) {
    const message = `All ${changesPerHour} changes an hour that the policy allows (limits.changesPerHour) are given away until ${until}; this network is looked at again then. ${anyway}`;
    return ownProblem('HourlyLimitReached', networkId, message);
  }
  const message = `Of the last ${pauseWhen.outOf} changes at least ${Math.ceil(pauseWhen.failedShare * pauseWhen.outOf)} failed (limits.pauseWhen), so nothing is changed until ${until}. See what the failed ones have in common. ${anyway}`;
  return ownProblem('TooManyChangesFailed', networkId, message);
}
