import { destinationSpec } from '../policy/destinations.ts';
import type { DestinationBody } from '../records/destination-body.ts';
import { sameId } from '../resource-id.ts';
import type { Undo } from '../steps/contract.ts';
import type { DestinationOutcome, DestinationPlan } from './destination-plan.ts';
import { parkUntil } from './park-until.ts';
import { retiredAfter } from './retired-identities.ts';

/** What the policy says of the destination. */
export type Ruling = Pick<DestinationPlan, 'destination' | 'policyEtag'>;

type Ended = {
  /** Null: it could not even be looked at. */
  readonly plan: DestinationPlan | null;
  readonly outcome: Exclude<DestinationOutcome, { kind: 'stopped' }>;
  readonly leftovers: readonly Undo[];
};

/** What is known of a destination after a run. Pure. */
export function destinationAfter(
  { plan, outcome, leftovers }: Ended,
  { destination, policyEtag }: Ruling,
  before: DestinationBody,
  now: Date,
): DestinationBody {
  const collecting = plan ?? { collect: [], inUse: [] };
  const published = publishedAfter(outcome, plan, before);
  const known = {
    ...before,
    storageAccountId: destination?.storageAccountId ?? before.storageAccountId,
    identityId: destination?.identityId ?? null,
    spec: destination ? destinationSpec(destination) : null,
    principalId: principalAfter(outcome, plan, before),
    checkedAt: now.toISOString(),
    policyEtag,
    warnings: plan ? [...plan.warnings] : before.warnings,
    intent: plan ? leftovers.filter((undo) => !isAmong(collecting.collect, undo)) : before.intent,
    published,
    retired: [...retiredAfter(before, published, collecting, leftovers, now)],
  };
  switch (outcome.kind) {
    case 'ready': {
      const bound = before.published?.principalId ?? before.principalId;
      const rebind = before.rebind || isAnother(bound, outcome.principalId) || hadLostAccess(before);
      return { ...known, state: 'ready', rebind, problem: null, nextTry: null };
    }
    case 'failed': {
      const { problem } = outcome;
      return { ...known, state: 'blocked', problem, nextTry: parkUntil(problem, now) };
    }
    case 'idle':
      return { ...known, state: 'idle', problem: plan?.problem ?? null, nextTry: null };
  }
}

/** What was seen last: somebody may have made the identity anew while it is blocked, or while we only look. */
function principalAfter(
  outcome: Ended['outcome'],
  plan: DestinationPlan | null,
  { principalId }: DestinationBody,
): string | null {
  if (outcome.kind === 'ready') return outcome.principalId;
  const isSeen = plan !== null && plan.idle !== 'off' && plan.idle !== 'notInPolicy';
  return isSeen ? plan.seenPrincipalId : principalId;
}

function publishedAfter(
  outcome: Ended['outcome'],
  plan: DestinationPlan | null,
  { published }: DestinationBody,
): DestinationBody['published'] {
  if (outcome.kind === 'idle' && plan?.idle === 'notInPolicy') return null;
  if (outcome.kind !== 'ready') return published;
  const { identityId = null, ours = false } = plan?.destination ?? {};
  return identityId && outcome.principalId ? { identityId, principalId: outcome.principalId, ours } : null;
}

function isAmong(undos: readonly Undo[], { resourceId }: Undo): boolean {
  return undos.some((one) => sameId(one.resourceId, resourceId));
}

function isAnother(former: string | null, principalId: string | null): boolean {
  return former !== null && principalId !== null && !sameId(former, principalId);
}

/** Its networks are told as not compliant since; nothing else would have them looked at before the next sweep. */
function hadLostAccess({ state, published, warnings }: DestinationBody): boolean {
  return state === 'blocked' && published !== null && warnings.some(({ code }) => code === 'RoleAssignmentMissing');
}
