import { isDeepStrictEqual } from 'node:util';
import { v5 as uuidv5 } from 'uuid';
import type { DesiredFlowLog, FlowLogFacts, TrafficAnalytics } from '../decide/facts.ts';

/** The fields of a flow log that are ours to set. Everything else on it belongs to others and is kept. */
export type FlowLogSettings = {
  readonly storageId: string;
  readonly enabled: boolean;
  readonly retentionDays: number;
  readonly formatVersion: number;
  readonly enabledFilteringCriteria: string;
  readonly recordTypes: string;
  /** Null = off. */
  readonly trafficAnalytics: TrafficAnalytics | null;
  /** Null = no identity (`{ "type": "None" }`). */
  readonly identityId: string | null;
};

/** What will be written, field by field. `ifStill` of a later undo is `after`; `before` is what it puts back. */
export type FlowLogChange =
  | { readonly kind: 'create'; readonly before: null; readonly after: FlowLogSettings }
  | { readonly kind: 'update'; readonly before: FlowLogSettings; readonly after: FlowLogSettings }
  /** Only of a log of ours whose network is gone. */
  | { readonly kind: 'delete'; readonly before: FlowLogSettings; readonly after: null };

/** Whether nothing is recorded before the change, and something after it. */
export function startsLogging(change: FlowLogChange): boolean {
  return change.after?.enabled === true && change.before?.enabled !== true;
}

/** The settings that the policy asks for; what it says nothing of stays as it is on `current`. */
export function desiredSettings(desired: DesiredFlowLog, current: FlowLogFacts | null): FlowLogSettings {
  const { storageAccountId, retentionDays, formatVersion, enabledFilteringCriteria, recordTypes, identityId } = desired;
  const trafficAnalytics =
    desired.trafficAnalytics === 'keep' ? (current?.trafficAnalytics ?? null) : desired.trafficAnalytics;
  return {
    storageId: storageAccountId,
    enabled: true,
    retentionDays,
    formatVersion,
    enabledFilteringCriteria,
    recordTypes,
    trafficAnalytics,
    identityId,
  };
}

/** The settings that a flow log has. A log has one user-assigned identity at most, as Azure's documentation says. */
export function settingsOf(flowLog: FlowLogFacts): FlowLogSettings {
  const { storageId, enabled, retentionDays, formatVersion, enabledFilteringCriteria, recordTypes } = flowLog;
  const { trafficAnalytics, identities } = flowLog;
  const identityId = identities[0]?.id ?? null;
  return {
    storageId,
    enabled,
    retentionDays,
    formatVersion,
    enabledFilteringCriteria,
    recordTypes,
    trafficAnalytics,
    identityId,
  };
}

/** The same in fact: ids are compared without case. */
export function sameSettings(one: FlowLogSettings, other: FlowLogSettings): boolean {
  return isDeepStrictEqual(comparable(one), comparable(other));
}

/** Remembers settings in short: another for other settings, and the same for the same. */
export function settingsDigest(flowLog: FlowLogFacts): string {
  return uuidv5(JSON.stringify(comparable(settingsOf(flowLog))), uuidv5.URL);
}

function comparable(settings: FlowLogSettings): FlowLogSettings {
  const { storageId, trafficAnalytics, identityId } = settings;
  return {
    ...settings,
    storageId: storageId.toLowerCase(),
    identityId: identityId?.toLowerCase() ?? null,
    trafficAnalytics: trafficAnalytics && {
      ...trafficAnalytics,
      workspaceResourceId: trafficAnalytics.workspaceResourceId.toLowerCase(),
    },
  };
}
