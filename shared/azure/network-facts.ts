import type { FlowLog, ManagedServiceIdentity, VirtualNetwork } from '@azure/arm-network';
import type { FlowLogFacts, NetworkFacts } from '../decide/facts.ts';
import { recordTypeList, recordTypes } from '../policy/record-types.ts';
import { normalLocation } from '../resource-id.ts';

/** Azure's virtual network as facts. */
export function networkFacts(network: VirtualNetwork): NetworkFacts {
  return {
    id: network.id ?? '',
    location: normalLocation(network.location ?? ''),
    tags: network.tags ?? {},
    resourceGuid: network.resourceGuid ?? null,
    provisioningState: network.provisioningState ?? 'Unknown',
  };
}

/**
 * Azure's flow log as facts. Recorded answers spell identity types in lower case, leave ids of a new identity empty, say
 * `days` beside `enabled: false`, and an empty filter or none where everything is recorded.
 */
export function flowLogFacts(flowLog: FlowLog): FlowLogFacts {
  const { retentionPolicy } = flowLog;
  return {
    id: flowLog.id ?? '',
    targetResourceId: flowLog.targetResourceId ?? '',
    targetResourceGuid: flowLog.targetResourceGuid || null,
    storageId: flowLog.storageId ?? '',
    enabled: flowLog.enabled ?? false,
    retentionDays: retentionPolicy?.enabled ? (retentionPolicy.days ?? 0) : 0,
    formatVersion: flowLog.format?.version ?? 0,
    enabledFilteringCriteria: flowLog.enabledFilteringCriteria ?? '',
    recordTypes: recordTypeList(flowLog.recordTypes ? flowLog.recordTypes.split(',') : recordTypes),
    trafficAnalytics: trafficAnalytics(flowLog),
    identities: userAssigned(flowLog.identity),
    provisioningState: flowLog.provisioningState ?? 'Unknown',
    tags: flowLog.tags ?? {},
  };
}

function trafficAnalytics({ flowAnalyticsConfiguration }: FlowLog): FlowLogFacts['trafficAnalytics'] {
  const configuration = flowAnalyticsConfiguration?.networkWatcherFlowAnalyticsConfiguration;
  if (!configuration?.enabled) return null;
  const { workspaceResourceId = '', trafficAnalyticsInterval } = configuration;
  // Azure's documentation: an hour where it is not said.
  return { workspaceResourceId, intervalMinutes: trafficAnalyticsInterval ?? 60 };
}

function userAssigned(identity: ManagedServiceIdentity | undefined): FlowLogFacts['identities'] {
  return Object.entries(identity?.userAssignedIdentities ?? {}).map(([id, { principalId }]) => ({
    id,
    principalId: principalId || null,
  }));
}
