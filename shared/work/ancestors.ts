import { type ArmOutcome, said } from '../azure/arm-outcome.ts';
import type { ManagementGroups } from '../azure/management-groups.ts';
import { type Ancestors, namesManagementGroups } from '../decide/coverage.ts';
import { known, unknown } from '../known.ts';
import type { Policy } from '../policy/document.ts';
import { ownProblem } from '../problem.ts';

/** The management groups above a subscription, asked for only where the policy depends on them. */
export async function ancestorsFor(
  managementGroups: ManagementGroups,
  policy: Policy,
  subscriptionId: string,
): Promise<ArmOutcome<Ancestors>> {
  if (!namesManagementGroups(policy)) return said(known<readonly string[]>([]));
  const chain = await managementGroups.ancestorsOf(subscriptionId);
  if (!chain.ok) return chain;
  return { ...chain, value: chain.value ? known(chain.value) : unknown(notShown(subscriptionId)) };
}

function notShown(subscriptionId: string) {
  const message =
    'The policy depends on management groups, and Resource Graph does not show in which this subscription is. Give the app the right to read it, or name the subscription in the policy.';
  return ownProblem('ManagementGroupsUnknown', `/subscriptions/${subscriptionId}`, message);
}
