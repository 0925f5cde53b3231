import { classify } from '../azure/arm-error-table.ts';
import { flowLogFacts } from '../azure/network-facts.ts';
import { readFlowLog, readNetwork } from '../azure/network-reads.ts';
import { normalLocation, sameId } from '../resource-id.ts';
import type { StepAnswer } from './contract.ts';
import { beginDelete, pollDelete } from './delete-flow-log.ts';
import type { StepContext } from './step-context.ts';

/** A flow log to delete because its network is gone from the log's region. */
export type CollectRequest = { readonly flowLogId: string; readonly networkId: string };

/**
 * Deletes a flow log of ours that no network of its region has any more. Both are looked at again just before: a network that
 * was made anew there keeps its log, and one that is somebody else's by now stays. Three requests, polls left out.
 */
export async function collectFlowLog(
  context: StepContext,
  { flowLogId, networkId, resume }: CollectRequest & { readonly resume?: string },
): Promise<StepAnswer<null>> {
  if (resume) return pollDelete(context, flowLogId, resume);
  const network = await readNetwork(context.clients, networkId);
  if (!network.ok) return classify(network.error, networkId);
  const flowLog = await readFlowLog(context.clients, flowLogId);
  if (!flowLog.ok) return classify(flowLog.error, flowLogId);
  const facts = flowLog.value && flowLogFacts(flowLog.value);
  const region = normalLocation(flowLog.value?.location ?? '');
  const orphaned = facts && network.value?.location !== region && sameId(facts.targetResourceId, networkId);
  if (!orphaned || !context.isOurs(facts.tags)) return { status: 'done', did: 'unchanged', output: null };
  return beginDelete(context, flowLogId);
}
