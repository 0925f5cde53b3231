import type { Known } from '../known.ts';
import type { Policy } from '../policy/document.ts';

/** The management groups above a subscription, ids in lower case; null counts as not known. */
export type Ancestors = Known<readonly string[]>;

/** Whether the policy speaks of networks of a subscription. `unknown` is neither: what could not be read decides nothing. */
export type Coverage = 'in' | 'out' | 'unknown';

/** Says so from the ids alone where `ancestors` are not known and do not matter. */
export function coverageOf(policy: Policy, subscriptionId: string, ancestors: Ancestors | null): Coverage {
  const { subscriptions, managementGroups } = policy.scope;
  const below = (groups: readonly string[] | undefined) => isBelow(ancestors, groups ?? []);
  const limited = subscriptions.include !== undefined || managementGroups.include !== undefined;
  const included = or(!limited || subscriptions.include?.includes(subscriptionId), below(managementGroups.include));
  const excluded = or(subscriptions.exclude.includes(subscriptionId), below(managementGroups.exclude));
  if (excluded === true || included === false) return 'out';
  return included === null || excluded === null ? 'unknown' : 'in';
}

/** Whether one of the groups is above; null where that is not known. */
export function isBelow(ancestors: Ancestors | null, groups: readonly string[]): boolean | null {
  if (groups.length === 0) return false;
  return ancestors?.known && ancestors.value ? groups.some((group) => ancestors.value?.includes(group)) : null;
}

/** Whether anything in the policy depends on management groups. */
export function namesManagementGroups({ scope, exemptions, rules }: Policy): boolean {
  const { include = [], exclude } = scope.managementGroups;
  return (
    include.length + exclude.length > 0 ||
    exemptions.some(({ managementGroup }) => managementGroup !== undefined) ||
    rules.some(({ match }) => match.managementGroups !== undefined)
  );
}

function or(one: boolean | null | undefined, other: boolean | null): boolean | null {
  if (one || other) return true;
  return other === null ? null : false;
}
