import type { FlowLog } from '@azure/arm-network';
import { classify } from '../azure/arm-error-table.ts';
import type { ArmOutcome } from '../azure/arm-outcome.ts';
import { beginOperation, type Operation, pollOperation } from '../azure/long-running.ts';
import { flowLogFacts } from '../azure/network-facts.ts';
import { readFlowLog } from '../azure/network-reads.ts';
import type { FlowLogFacts } from '../decide/facts.ts';
import type { FlowLogSettings } from '../plan/flow-log-change.ts';
import { recordTypes as everyRecordType, recordTypeList } from '../policy/record-types.ts';
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

  const existing = await readFlowLog(context.clients, flowLogId);
  if (!existing.ok) return classify(existing.error, flowLogId);
  const current = existing.value;
  if (current?.targetResourceId && !sameId(current.targetResourceId, request.targetResourceId))
    return nameTaken(request, current);

  const stop = await context.guard();
  if (stop) return { status: 'stopped', because: stop };
  const { subscriptionId, resourceGroup, names } = requireResourceId(flowLogId);
  const [watcher, name = ''] = names;
  const { flowLogs } = context.clients.network(subscriptionId);
  const body = merge(current, request, context.tags);
  return answer(
    flowLogId,
    current ? 'updated' : 'created',
    await beginOperation(() => flowLogs.createOrUpdate(resourceGroup, watcher, name, body)),
  );
}

function answer(flowLogId: string, did: Did, outcome: ArmOutcome<Operation<FlowLog>>): StepAnswer<FlowLogFacts> {
  if (!outcome.ok) return classify(outcome.error, flowLogId);
  const operation = outcome.value;
  // Tags can be 38 KB, and nobody after this asks for them.
  if (operation.done) return { status: 'done', did, output: { ...flowLogFacts(operation.result), tags: {} } };
  const { state, afterSeconds } = operation;
  return { status: 'running', resume: JSON.stringify({ did, state }), afterSeconds };
}

/** The body of the PUT: the log as it is, with our fields laid over it, and our tags where we make it. */
function merge(
  current: FlowLog | null,
  { location, targetResourceId, settings }: FlowLogRequest,
  tags: StepContext['tags'],
): FlowLog {
  const { storageId, enabled, retentionDays, formatVersion, enabledFilteringCriteria, identityId } = settings;
  return {
    location: current?.location ?? location,
    tags: current ? (current.tags ?? {}) : tags,
    targetResourceId,
    storageId,
    enabled,
    enabledFilteringCriteria,
    ...recordTypesOf(current, settings),
    retentionPolicy: { days: retentionDays, enabled: retentionDays > 0 },
    format: { type: current?.format?.type ?? 'JSON', version: formatVersion },
    flowAnalyticsConfiguration: { networkWatcherFlowAnalyticsConfiguration: analyticsOf(current, settings) },
    identity: identityId ? { type: 'UserAssigned', userAssignedIdentities: { [identityId]: {} } } : { type: 'None' },
  };
}

/** Left out where a log has never had any and all are wanted: not every region takes the field. */
function recordTypesOf(current: FlowLog | null, { recordTypes }: FlowLogSettings): Pick<FlowLog, 'recordTypes'> {
  return current?.recordTypes || recordTypes !== allRecordTypes ? { recordTypes } : {};
}

const allRecordTypes = recordTypeList(everyRecordType);

/** Off is said outright, because Azure's default differs between versions. */
function analyticsOf(current: FlowLog | null, { trafficAnalytics }: FlowLogSettings) {
  const known = current?.flowAnalyticsConfiguration?.networkWatcherFlowAnalyticsConfiguration;
  if (!trafficAnalytics) return { ...known, enabled: false };
  const { workspaceResourceId, intervalMinutes } = trafficAnalytics;
  const same = sameId(known?.workspaceResourceId ?? '', workspaceResourceId);
  return {
    // Region and GUID of another workspace would be refused.
    ...(same ? known : {}),
    enabled: true,
    workspaceResourceId,
    trafficAnalyticsInterval: intervalMinutes,
  };
}

function nameTaken({ flowLogId, targetResourceId }: FlowLogRequest, current: FlowLog): StepAnswer<never> {
  const message = `This flow log records ${current.targetResourceId}, so it can't serve ${targetResourceId}. Change rules[].flowLog.name in the policy.`;
  return { status: 'fatal', problem: ownProblem('FlowLogNameTaken', flowLogId, message) };
}
