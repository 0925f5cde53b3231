import { type ArmOutcome, said } from '../azure/arm-outcome.ts';
import { findUserOf } from '../azure/identity-uses.ts';
import { flowLogFacts } from '../azure/network-facts.ts';
import { listFlowLogs } from '../azure/network-reads.ts';
import { sameId } from '../resource-id.ts';
import type { WorkContext } from './work-context.ts';

/**
 * Whether a flow log or another resource uses the identity. Resource Graph is asked first, since it sees every subscription;
 * what it does not show is no proof, so every network watcher that is known is asked too: a request for each of them.
 */
export async function isIdentityInUse(context: WorkContext, identityId: string): Promise<ArmOutcome<boolean>> {
  const user = await findUserOf(context.clients, identityId);
  if (!user.ok) return user;
  if (user.value) return said(true);

  for (const networkWatcherId of await knownWatchers(context)) {
    const flowLogs = await listFlowLogs(context.clients, networkWatcherId);
    if (!flowLogs.ok) return flowLogs;
    const identities = flowLogs.value.flatMap((flowLog) => flowLogFacts(flowLog).identities);
    if (identities.some(({ id }) => sameId(id, identityId))) return said(true);
  }
  return said(false);
}

async function knownWatchers({ records }: WorkContext): Promise<Iterable<string>> {
  const watchers = new Set<string>();
  for await (const { flowLogId } of records.networks.list()) {
    if (flowLogId) watchers.add(flowLogId.toLowerCase().replace(/\/flowlogs\/[^/]+$/, ''));
  }
  return watchers;
}
