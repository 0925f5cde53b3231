import type { FlowLog } from '@azure/arm-network';
import { classify } from '../azure/arm-error-table.ts';
import type { ArmOutcome } from '../azure/arm-outcome.ts';
import { type FlowLogBody, mergedFlowLog, namesWorkspace, type Workspace } from '../azure/flow-log-body.ts';
import { beginOperation, type Operation, pollOperation } from '../azure/long-running.ts';
import { flowLogFacts } from '../azure/network-facts.ts';
import { readWholeFlowLog } from '../azure/network-reads.ts';
import { withWholeBody } from '../azure/whole-body.ts';
import { readWorkspace } from '../azure/workspace-reads.ts';
import type { FlowLogFacts } from '../decide/facts.ts';
import type { FlowLogSettings } from '../plan/flow-log-change.ts';
import { ownProblem } from '../problem.ts';
import { requireResourceId, sameId } from '../resource-id.ts';
import type { StepAnswer } from './contract.ts';
import type { StepContext } from './step-context.ts';

export type FlowLogRequest = {
  readonly flowLogId: string;
  readonly location: string;
  readonly targetResourceId: string;
  readonly settings: FlowLogSettings;
  /** The state of a put that was begun before. */
  readonly resume?: string;
};

type Did = 'created' | 'updated';

/**
 * The flow log exists with these settings. Get, merge, put in one activity: a field or tag that is not ours survives.
 * The put is a long-running operation: `running` is answered with its state, and the next call polls it once.
 */
export async function ensureFlowLog(context: StepContext, request: FlowLogRequest): Promise<StepAnswer<FlowLogFacts>> {
  const { flowLogId } = request;
  if (request.resume) {
    const { did, state } = JSON.parse(request.resume) as { did: Did; state: string };
    const client = context.clients.network(requireResourceId(flowLogId).subscriptionId);
    return answer(flowLogId, did, await pollOperation<FlowLog>(client, state, client.flowLogs.createOrUpdate));
  }

  const existing = await readWholeFlowLog(context.clients, flowLogId);
  if (!existing.ok) return classify(existing.error, flowLogId);
  const current = existing.value;
  const target = current?.properties.targetResourceId;
  if (target && !sameId(target, request.targetResourceId)) return nameTaken(request, target);
  const workspace = await workspaceOf(context, request, current);
  if ('status' in workspace) return workspace;

  const stop = await context.guard();
  if (stop) return { status: 'stopped', because: stop };
  const { subscriptionId, resourceGroup, names } = requireResourceId(flowLogId);
  const [watcher, name = ''] = names;
  const { flowLogs } = context.clients.network(subscriptionId);
  const { location, targetResourceId, settings } = request;
  const body = mergedFlowLog(current, { ...request, workspace: workspace.value, tags: context.tags });
  const model = { location, targetResourceId, storageId: settings.storageId };
  return answer(
    flowLogId,
    current ? 'updated' : 'created',
    await beginOperation(() => withWholeBody(body, () => flowLogs.createOrUpdate(resourceGroup, watcher, name, model))),
  );
}

/** What has to be said of the workspace; asked only where the log does not say it yet. */
async function workspaceOf(
  { clients }: StepContext,
  { settings }: FlowLogRequest,
  current: FlowLogBody | null,
): Promise<Exclude<StepAnswer<never>, { status: 'done' }> | { readonly value: Workspace | null }> {
  const { workspaceResourceId } = settings.trafficAnalytics ?? {};
  if (!workspaceResourceId || namesWorkspace(current, workspaceResourceId)) return { value: null };
  const read = await readWorkspace(clients, workspaceResourceId);
  if (!read.ok) return classify(read.error, workspaceResourceId);
  if (read.value) return { value: read.value };
  const message =
    'The policy names this Log Analytics workspace for traffic analytics, and it does not exist. Make it, or change rules[].trafficAnalytics.';
  return { status: 'fatal', problem: ownProblem('WorkspaceNotFound', workspaceResourceId, message) };
}

function answer(flowLogId: string, did: Did, outcome: ArmOutcome<Operation<FlowLog>>): StepAnswer<FlowLogFacts> {
  if (!outcome.ok) return classify(outcome.error, flowLogId);
  const operation = outcome.value;
  // Tags can be 38 KB, and nobody after this asks for them.
  if (operation.done) return { status: 'done', did, output: { ...flowLogFacts(operation.result), tags: {} } };
  const { state, afterSeconds } = operation;
  return { status: 'running', resume: JSON.stringify({ did, state }), afterSeconds };
}

function nameTaken({ flowLogId, targetResourceId }: FlowLogRequest, target: string): StepAnswer<never> {
  const message = `This flow log records ${target}, so it can't serve ${targetResourceId}. Change rules[].flowLog.name in the policy.`;
  return { status: 'fatal', problem: ownProblem('FlowLogNameTaken', flowLogId, message) };
}
