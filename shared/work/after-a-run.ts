import { countedRepairs, isAsLeft, type Repair, withoutOld, withRepairs } from '../decide/contested.ts';
import { withDelivery } from '../decide/delivery.ts';
import { reportedOnly } from '../decide/reported-drifts.ts';
import type { ComplianceState } from '../decide/verdict.ts';
import type { Outcome } from '../inbox/settle-item.ts';
import { isByPerson, type Run } from '../inbox/work-item.ts';
import { changedFields } from '../plan/contest.ts';
import { fieldChanges } from '../plan/field-changes.ts';
import { settingsDigest } from '../plan/flow-log-change.ts';
import { loggingOf } from '../plan/plan-network.ts';
import type { Problem } from '../problem.ts';
import { emptyRecord, type NetworkRecord, verdictFields } from '../records/network-record.ts';
import type { NetworkItem, NetworkOutcome, RecordedPlan } from './network-item.ts';
import { parkUntil } from './park-until.ts';

/** What a run came to with one network. */
export type Settling = {
  readonly run: Run;
  readonly item: NetworkItem;
  readonly plan: RecordedPlan | null;
  readonly outcome: NetworkOutcome;
};

/** What the inbox rows become. Pure. */
export function rowAfter({ plan, outcome }: Settling, policyEtag: string, now: Date): Outcome {
  switch (outcome.kind) {
    case 'planned':
    case 'changed':
      return { kind: 'remove' };
    case 'collected':
      // A network that lives on elsewhere still wants a log there.
      return { kind: plan?.verdict.state === 'Orphaned' ? 'remove' : 'due' };
    case 'stopped':
      return { kind: 'due' };
    case 'waiting':
      return { kind: 'waiting', destination: outcome.account, answers: outcome.answers };
    case 'blocked':
    case 'paused':
      return { kind: 'parked', until: outcome.until, problem: outcome.problem, policyEtag };
    case 'failed':
      return {
        kind: 'parked',
        until: parkUntil(outcome.problem, now),
        problem: outcome.problem,
        policyEtag,
      };
  }
}

/** What the record becomes. Pure. */
export function recordAfter(settling: Settling, before: NetworkRecord | null, now: Date): NetworkRecord {
  const { run, item, plan, outcome } = settling;
  const planFields = plan
    ? {
        id: plan.networkId,
        ...verdictFields(plan.verdict),
        action: plan.change?.kind ?? null,
        plan: plan.change && fieldChanges(plan.change),
        because: plan.because,
        until: plan.until,
        policyHash: plan.policyHash,
        resourceGuid: plan.resourceGuid,
        flowLogId: plan.flowLogId,
        formerFlowLogId: plan.flowLogId === null ? (before?.flowLogId ?? before?.formerFlowLogId ?? null) : null,
        logging: plan.logging,
        ...(plan.verdict.state === 'Compliant' ? { rightAs: plan.foundAs } : {}),
        storageAccountId: plan.desired?.storageAccountId ?? null,
        identityId: plan.desired?.identityId ?? null,
      }
    : {};
  const known: NetworkRecord = {
    ...(before ?? emptyRecord(item.networkId)),
    problem: null,
    leftovers: [],
    turn: null,
    repairs: repairsAfter(settling, before, now),
    ...planFields,
    location: item.location,
    runId: run.runId,
    plannedAt: plan?.at ?? now.toISOString(),
    checkedAt: now.toISOString(),
  };
  const failed = (problem: Problem, until: string, leftovers: readonly string[]): NetworkRecord => ({
    ...known,
    state: stateOfFailure(plan),
    problem,
    because: 'parked',
    until,
    leftovers: [...leftovers],
  });
  switch (outcome.kind) {
    case 'planned':
    case 'stopped':
      return withDelivery(known);
    case 'changed':
      return {
        ...known,
        ...verdictAfterChange(plan),
        action: null,
        plan: null,
        flowLogId: outcome.flowLog.id,
        formerFlowLogId: null,
        logging: loggingOf(outcome.flowLog),
        rightAs: settingsDigest(outcome.flowLog),
        changedAt: now.toISOString(),
        delivery: null,
      };
    case 'collected':
      return {
        ...known,
        ...(plan?.verdict.state === 'Orphaned' ? { state: 'Gone' } : { location: before?.location ?? null }),
        problem: null,
        action: null,
        plan: null,
        flowLogId: null,
        logging: null,
        changedAt: now.toISOString(),
      };
    case 'waiting':
      return { ...known, state: 'Pending', because: 'waiting' };
    case 'paused': {
      const { until, problem, turn } = outcome;
      return { ...known, because: 'paused', until, problem, turn };
    }
    case 'blocked':
      return failed(outcome.problem, outcome.until, []);
    case 'failed':
      return {
        ...failed(outcome.problem, parkUntil(outcome.problem, now), outcome.leftovers),
        flowLogId: outcome.flowLogId ?? known.flowLogId,
      };
  }
}

/** An orphaned log that could not be deleted is still orphaned. */
function stateOfFailure(plan: RecordedPlan | null): ComplianceState {
  if (plan?.verdict.state === 'Orphaned') return 'Orphaned';
  return plan ? 'Blocked' : 'Unknown';
}

/** What was only reported is still so after the log has been put right. */
function verdictAfterChange(plan: RecordedPlan | null): Pick<NetworkRecord, 'state' | 'drifts' | 'because'> {
  const drifts = reportedOnly(plan && 'drifts' in plan.verdict ? plan.verdict.drifts : []);
  return drifts.length > 0
    ? { state: 'NonCompliant', drifts, because: 'report' }
    : { state: 'Compliant', drifts, because: null };
}

/** What was put right of late. A person's request starts the count anew, and so does a network that comes after one that is gone. */
function repairsAfter({ item, plan, outcome }: Settling, before: NetworkRecord | null, now: Date): readonly Repair[] {
  if (plan?.verdict.state === 'Gone' || plan?.verdict.state === 'Orphaned') return [];
  const isRepeat = before?.repairs.some(({ planId }) => planId === plan?.id) ?? false;
  const byPerson = !isRepeat && item.rows.some(({ reason }) => isByPerson(reason));
  const repairs = countedRepairs(before, plan?.resourceGuid ?? null, byPerson);
  const at = now.toISOString();
  // Written all the same: somebody may have changed it before it could be read back.
  const written = outcome.kind === 'changed' || (outcome.kind === 'failed' && outcome.problem.code === 'NotVerified');
  if (written && plan?.change) {
    const asLeft = isAsLeft(before, plan);
    return withRepairs(repairs, changedFields(plan.change), { planId: plan.id, at, asLeft });
  }
  return plan?.verdict.state === 'Compliant' ? withoutOld(repairs, at) : repairs;
}
