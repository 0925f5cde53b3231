import type { Ancestors } from '../decide/coverage.ts';
import type { FlowLogFacts, NetworkFacts } from '../decide/facts.ts';
import { decideIntent } from '../decide/intent.ts';
import type { Policy } from '../policy/document.ts';
import type { Weight } from '../policy/ruling.ts';
import { changedFields } from './contest.ts';
import { planNetwork } from './plan-network.ts';

/** A network as it is, and what a policy needs to speak of it. */
export type WeighedNetwork = {
  readonly network: NetworkFacts;
  readonly flowLogs: readonly FlowLogFacts[];
  readonly ancestors: Ancestors;
};

type Rules = { readonly isOurs: (tags: FlowLogFacts['tags']) => boolean; readonly at: string };

/**
 * The fields that a new policy would change on a flow log that is as the former one wants it; none on any other. Where the
 * former one enforced, an audit of something else counts as well: else the next document could enforce that unweighed. Pure.
 */
export function fieldsToChange(
  former: Policy,
  next: Policy,
  { network, flowLogs, ancestors }: WeighedNetwork,
  { isOurs, at }: Rules,
): readonly string[] {
  const intentOf = (policy: Policy) => decideIntent(policy, network, at, ancestors);
  // What is only reported, and whether an identity was made anew, is no matter of the policy.
  const observed = { network, flowLogs, overridingLogs: [], principalId: null, isOurs, destinationWarnings: [] };
  const asked = intentOf(former);
  if (asked.kind !== 'desired' || planNetwork(asked, observed).change) return [];
  const { change, because } = planNetwork(intentOf(next), observed);
  const counts = because === null || (because === 'audit' && asked.mode === 'enforce');
  return change && counts ? changedFields(change).map(({ field }) => field) : [];
}

/** The weight with one more network. */
export function addWeight({ networks, fields }: Weight, changed: readonly string[]): Weight {
  if (changed.length === 0) return { networks, fields };
  const counted = changed.map((field) => [field, (fields[field] ?? 0) + 1] as const);
  return { networks: networks + 1, fields: { ...fields, ...Object.fromEntries(counted) } };
}
