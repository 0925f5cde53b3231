import { classify } from '../azure/arm-error-table.ts';
import { queryEstate } from '../azure/estate-query.ts';
import type { Ancestors } from '../decide/coverage.ts';
import type { NetworkFacts } from '../decide/facts.ts';
import { type Uncovered, uncoveredBy } from '../decide/uncovered.ts';
import { unknown } from '../known.ts';
import type { Policy } from '../policy/document.ts';
import { parsePolicy } from '../policy/parse-policy.ts';
import { requireResourceId } from '../resource-id.ts';
import type { Violation } from '../violations.ts';
import { ancestorsFor } from './ancestors.ts';
import type { WorkContext } from './work-context.ts';

export type Validation = {
  readonly valid: boolean;
  readonly problems: readonly Violation[];
  /** What the document would leave uncovered; null where it is not valid, or where Azure told nothing of the estate. */
  readonly uncovered: Uncovered | null;
  /** Why not all of the estate was looked at; null where it was. */
  readonly incomplete: string | null;
};

/** A request has to answer within minutes, and Resource Graph gives a page of 1,000 networks in about a second. */
const mostPages = 50;

/** Looks at a document as if it were put in force. Writes nothing anywhere; a request for each 1,000 networks. */
export async function validatePolicy(context: WorkContext, document: unknown): Promise<Validation> {
  const parsed = parsePolicy(document);
  if (!parsed.ok) return { valid: false, problems: parsed.problems, uncovered: null, incomplete: null };
  const { policy } = parsed;
  const { networks, incomplete } = await readEstate(context);
  const estate = await withAncestors(context, policy, networks);
  const uncovered = networks.length > 0 ? uncoveredBy(policy, estate, context.now().toISOString()) : null;
  return { valid: true, problems: [], uncovered, incomplete };
}

/** Every network that the app may read, not only those that the policy in force speaks of. */
async function readEstate({ clients }: WorkContext): Promise<{ networks: NetworkFacts[]; incomplete: string | null }> {
  const networks: NetworkFacts[] = [];
  let skipToken: string | null = null;
  for (let pages = 0; pages < mostPages; pages++) {
    const page = await queryEstate(clients, null, skipToken);
    if (!page.ok) {
      const { code, message } = page.error;
      return { networks, incomplete: `Resource Graph refused to tell the rest of the estate: ${code} ${message}` };
    }
    networks.push(...page.value.rows.map(({ network }) => network));
    skipToken = page.value.skipToken;
    if (!skipToken) return { networks, incomplete: null };
  }
  return { networks, incomplete: `Only the first ${networks.length} networks were looked at.` };
}

async function withAncestors({ managementGroups }: WorkContext, policy: Policy, networks: readonly NetworkFacts[]) {
  const above = new Map<string, Ancestors>();
  const seen: { network: NetworkFacts; ancestors: Ancestors }[] = [];
  for (const network of networks) {
    const { subscriptionId } = requireResourceId(network.id);
    const ancestors = above.get(subscriptionId) ?? (await ancestorsOf(managementGroups, policy, subscriptionId));
    above.set(subscriptionId, ancestors);
    seen.push({ network, ancestors });
  }
  return seen;
}

async function ancestorsOf(
  managementGroups: WorkContext['managementGroups'],
  policy: Policy,
  subscriptionId: string,
): Promise<Ancestors> {
  const read = await ancestorsFor(managementGroups, policy, subscriptionId);
  return read.ok ? read.value : unknown(classify(read.error, `/subscriptions/${subscriptionId}`).problem);
}
