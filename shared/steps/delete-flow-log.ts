import { classify } from '../azure/arm-error-table.ts';
import { beginOperation, pollOperation } from '../azure/long-running.ts';
import { requireResourceId } from '../resource-id.ts';
import type { StepAnswer } from './contract.ts';
import type { StepContext } from './step-context.ts';

/** Begins to delete a flow log, unless the fence stops it. */
export async function beginDelete(context: StepContext, flowLogId: string): Promise<StepAnswer<null>> {
  const stop = await context.guard();
  if (stop) return { status: 'stopped', because: stop };
  const { subscriptionId, resourceGroup, names } = requireResourceId(flowLogId);
  const [watcher, name = ''] = names;
  const { flowLogs } = context.clients.network(subscriptionId);
  return deleted(flowLogId, await beginOperation(() => flowLogs.delete(resourceGroup, watcher, name)));
}

/** Goes on with a deletion that was begun. A log that is gone by now is as good as deleted. */
export async function pollDelete(
  { clients }: StepContext,
  flowLogId: string,
  state: string,
): Promise<StepAnswer<null>> {
  const client = clients.network(requireResourceId(flowLogId).subscriptionId);
  return deleted(flowLogId, await pollOperation<void>(client, state, client.flowLogs.delete));
}

function deleted(flowLogId: string, outcome: Awaited<ReturnType<typeof pollOperation<void>>>): StepAnswer<null> {
  if (!outcome.ok)
    return outcome.error.status === 404
      ? { status: 'done', did: 'unchanged', output: null }
      : classify(outcome.error, flowLogId);
  const operation = outcome.value;
  if (operation.done) return { status: 'done', did: 'deleted', output: null };
  return { status: 'running', resume: operation.state, afterSeconds: operation.afterSeconds };
}
