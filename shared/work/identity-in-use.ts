import { type ArmOutcome, arm, said } from '../azure/arm-outcome.ts';
import { flowLogFacts } from '../azure/network-facts.ts';
import { listFlowLogs } from '../azure/network-reads.ts';
import { sameId } from '../resource-id.ts';
import type { WorkContext } from './work-context.ts';

/**
 * Whether a flow log uses the identity. Resource Graph is asked first, since it sees every subscription; what it does not
 * show is no proof, so every network watcher that is known is asked too: a request for each subscription and region.
 */
export async function isIdentityInUse(context: WorkContext, identityId: string): Promise<ArmOutcome<boolean>> {
  const { graph } = context.clients;
  const query = `resources
| where type =~ 'microsoft.network/networkwatchers/flowlogs' and tostring(identity) contains '${identityId}'
| project id`;
  const options = { resultFormat: 'objectArray' as const, top: 1 };
  const shown = await arm(() => graph.resources({ query, options }));
  if (!shown.ok) return shown;
  if (shown.value.count > 0) return said(true);

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
