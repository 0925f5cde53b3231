import { isDeepStrictEqual } from 'node:util';
import type { EstateRow } from '../azure/estate-query.ts';
import { countedRepairs, withoutOld } from '../decide/contested.ts';
import type { Ancestors } from '../decide/coverage.ts';
import { isDelivered, withDelivery } from '../decide/delivery.ts';
import { decideIntent } from '../decide/intent.ts';
import { contest, fieldsInContest } from '../plan/contest.ts';
import { fieldChanges } from '../plan/field-changes.ts';
import { type NetworkPlan, planNetwork } from '../plan/plan-network.ts';
import type { CurrentPolicy } from '../policy/ruling.ts';
import type { DestinationBody } from '../records/destination-body.ts';
import { emptyRecord, type NetworkRecord, verdictFields } from '../records/network-record.ts';
import { nameOf } from '../resource-id.ts';
import { viewDestination } from './destination-view.ts';

/** A network judged by its row of Resource Graph, which may be minutes old. */
export type Judgement = {
  readonly row: EstateRow;
  readonly before: NetworkRecord | null;
  readonly plan: NetworkPlan;
  /** Whether a run has to look: there is something to change, or the row claims better than what we last saw ourselves. */
  readonly needsRun: boolean;
  /** What to note instead; null where that is what the record says already. */
  readonly record: NetworkRecord | null;
};

type Known = {
  readonly current: CurrentPolicy;
  /** What is known of the policy's destinations, by their accounts in lower case. */
  readonly destinations: ReadonlyMap<string, DestinationBody>;
  /** The management groups above the row's subscription. */
  readonly ancestors: Ancestors;
  readonly isOurs: (tags: Readonly<Record<string, string>>) => boolean;
  readonly at: string;
};

/** Judges a row without asking Azure. Pure. */
export function judgeRow(row: EstateRow, before: NetworkRecord | null, known: Known): Judgement {
  const { current, destinations, ancestors, isOurs, at } = known;
  const intent = decideIntent(current.policy, row.network, at, ancestors);
  const desired = intent.kind === 'desired' ? intent.desired : null;
  const account = nameOf(desired?.storageAccountId ?? '').toLowerCase();
  const wanted = planNetwork(intent, {
    network: row.network,
    flowLogs: row.flowLogs,
    overridingLogs: row.overridingLogs,
    ...viewDestination(destinations.get(account) ?? null, desired),
    isOurs,
  });
  const plan = knownContest(wanted, row, before, current);
  const change = plan.change !== null && plan.because === null;
  const better = plan.verdict.state === 'Compliant' && before !== null && !isDelivered(before.state);
  if (change || better) return { row, before, plan, needsRun: true, record: null };
  const record = recordOf(row, plan, before, current.hash, at);
  return { row, before, plan, needsRun: false, record: before && sameBut(before, record) ? null : record };
}

/** What a run has found to be contested stays so until a run, which a person asks for, finds otherwise. */
function knownContest(
  plan: NetworkPlan,
  { network }: EstateRow,
  before: NetworkRecord | null,
  { policy }: CurrentPolicy,
): NetworkPlan {
  const repairs = countedRepairs(before, network.resourceGuid, false);
  const fields = fieldsInContest(plan, repairs, policy.limits.contestedAfter);
  return before?.state === 'Contested' && before.problem && fields.length > 0
    ? contest(plan, fields, before.problem)
    : plan;
}

/** With `off` nothing is looked at, so what was last seen of the network stands. */
function recordOf(
  { network }: EstateRow,
  plan: NetworkPlan,
  before: NetworkRecord | null,
  policyHash: string,
  at: string,
): NetworkRecord {
  const { because, until } = plan;
  const known = { ...(before ?? emptyRecord(network.id)), because, until, policyHash, checkedAt: at };
  if (because === 'off') return known;
  return withDelivery({
    ...known,
    ...verdictFields(plan.verdict),
    id: network.id,
    location: network.location,
    action: plan.change?.kind ?? null,
    plan: plan.change && fieldChanges(plan.change),
    leftovers: [],
    repairs: plan.verdict.state === 'Compliant' ? withoutOld(known.repairs, at) : known.repairs,
    flowLogId: plan.flowLogId,
    logging: plan.logging,
    ...(plan.verdict.state === 'Compliant' ? { rightAs: plan.foundAs } : {}),
    storageAccountId: plan.desired?.storageAccountId ?? null,
    identityId: plan.desired?.identityId ?? null,
    resourceGuid: network.resourceGuid,
  });
}

/** The same but for when it was looked at. */
function sameBut(before: NetworkRecord, record: NetworkRecord): boolean {
  return isDeepStrictEqual({ ...before, checkedAt: '' }, { ...record, checkedAt: '' });
}
