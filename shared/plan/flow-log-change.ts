import type { DesiredFlowLog, FlowLogFacts } from '../decide/facts.ts';

/** The fields of a flow log that are ours to set. Everything else on it belongs to others and is kept. */
export type FlowLogSettings = {
  readonly storageId: string;
  readonly enabled: boolean;
  readonly retentionDays: number;
  readonly formatVersion: number;
  /** Null = no identity (`{ "type": "None" }`). */
  readonly identityId: string | null;
};

/** What will be written, field by field. `ifStill` of a later undo is `after`; `before` is what it puts back. */
export type FlowLogChange =
  | { readonly kind: 'create'; readonly after: FlowLogSettings }
  | { readonly kind: 'update'; readonly before: FlowLogSettings; readonly after: FlowLogSettings };

/** The settings that the policy asks for. */
export function desiredSettings(desired: DesiredFlowLog): FlowLogSettings {
  const { storageAccountId, retentionDays, formatVersion, identityId } = desired;
  return { storageId: storageAccountId, enabled: true, retentionDays, formatVersion, identityId };
}

/** The settings that a flow log has. A log has one user-assigned identity at most, as Azure's documentation says. */
export function settingsOf(flowLog: FlowLogFacts): FlowLogSettings {
  const { storageId, enabled, retentionDays, formatVersion, identities } = flowLog;
  return { storageId, enabled, retentionDays, formatVersion, identityId: identities[0]?.id ?? null };
}

/** The same in fact: ids are compared without case. */
export function sameSettings(one: FlowLogSettings, other: FlowLogSettings): boolean {
  const key = (settings: FlowLogSettings) =>
    JSON.stringify([
      settings.storageId.toLowerCase(),
      settings.enabled,
      settings.retentionDays,
      settings.formatVersion,
      settings.identityId?.toLowerCase() ?? null,
    ]);
  return key(one) === key(other);
}
