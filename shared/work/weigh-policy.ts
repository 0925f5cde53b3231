import { queryEstate } from '../azure/estate-query.ts';
import { namesManagementGroups } from '../decide/coverage.ts';
import { addWeight, fieldsToChange } from '../plan/weigh.ts';
import type { Pending, Weight } from '../policy/ruling.ts';
import { requireResourceId } from '../resource-id.ts';
import { ancestorsFor } from './ancestors.ts';
import { namedSubscriptions } from './select-page.ts';
import type { WorkContext } from './work-context.ts';

/**
 * Weighs the policy that is yet to be weighed, if there is one: how many compliant networks it would change. After that
 * it is in force, or waits for approval. One request a page of the estate. What Azure refuses is thrown; the watchdog
 * comes back to it.
 */
export async function weighPolicy(context: WorkContext): Promise<void> {
  const pending = (await context.policies.current())?.pending;
  if (!pending || pending.weight) return;
  const { etag, approveAbove } = pending;
  const weight = await weightOf(context, pending);
  await context.policies.weigh(etag, weight);
  context.log.info({ policyEtag: etag, ...weight, approveAbove }, 'policy weighed');
}

async function weightOf({ clients, managementGroups, isOurs, now }: WorkContext, { enforced, policy }: Pending) {
  const rules = { isOurs, at: now().toISOString() };
  const naming = namesManagementGroups(policy) ? policy : enforced;
  let weight: Weight = { networks: 0, fields: {} };
  let skipToken: string | null = null;
  do {
    const page = await queryEstate(clients, namedSubscriptions(policy), skipToken);
    if (!page.ok) throw refused(page.error);
    for (const row of page.value.rows) {
      const ancestors = await ancestorsFor(managementGroups, naming, requireResourceId(row.network.id).subscriptionId);
      if (!ancestors.ok) throw refused(ancestors.error);
      weight = addWeight(weight, fieldsToChange(enforced, policy, { ...row, ancestors: ancestors.value }, rules));
    }
    skipToken = page.value.skipToken;
  } while (skipToken);
  return weight;
}

function refused({ code, message }: { code: string; message: string }): Error {
  return new Error(`Resource Graph refused the query, so the policy was not weighed: ${code} ${message}`);
}
