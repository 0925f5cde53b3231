import { z } from 'zod';
import type { FlowLogSettings } from '../plan/flow-log-change.ts';
import { recordTypeList, recordTypes as recordTypesOfAzure } from '../policy/record-types.ts';
import { sameId } from '../resource-id.ts';

const analytics = z.looseObject({ workspaceResourceId: z.string().nullish(), workspaceRegion: z.string().nullish() });

/** A flow log as ARM sends and takes it: what is ours to know of it, and everything else as it came. */
export const flowLogBody = z.looseObject({
  location: z.string().optional(),
  tags: z.record(z.string(), z.string()).nullish(),
  properties: z
    .looseObject({
      targetResourceId: z.string().optional(),
      recordTypes: z.string().nullish(),
      retentionPolicy: z.looseObject({}).nullish(),
      format: z.looseObject({ type: z.string().nullish() }).nullish(),
      flowAnalyticsConfiguration: z
        .looseObject({ networkWatcherFlowAnalyticsConfiguration: analytics.nullish() })
        .nullish(),
    })
    .default({}),
});
export type FlowLogBody = z.infer<typeof flowLogBody>;

/** What Azure wants to hear of a workspace beside its id. */
export type Workspace = { readonly workspaceId: string; readonly workspaceRegion: string };

type Wanted = {
  readonly location: string;
  readonly targetResourceId: string;
  readonly settings: FlowLogSettings;
  /** Of the settings' traffic analytics; null where the log names it already, or has none. */
  readonly workspace: Workspace | null;
  /** Put on a log that we make. */
  readonly tags: Readonly<Record<string, string>>;
};

/** The body of the PUT: the log as it is, with our settings laid over it. No field and no tag that is not ours is lost. */
export function mergedFlowLog(current: FlowLogBody | null, wanted: Wanted): FlowLogBody {
  const { location, targetResourceId, settings, tags } = wanted;
  const { storageId, enabled, retentionDays, formatVersion, enabledFilteringCriteria, identityId } = settings;
  const { properties: given = {}, ...others } = current ?? {};
  const properties = writable(given);
  const { retentionPolicy, format, flowAnalyticsConfiguration } = properties;
  return {
    location,
    tags,
    ...writable(others),
    identity: identityId ? { type: 'UserAssigned', userAssignedIdentities: { [identityId]: {} } } : { type: 'None' },
    properties: {
      ...properties,
      targetResourceId,
      storageId,
      enabled,
      enabledFilteringCriteria,
      ...recordTypesOf(properties.recordTypes, settings),
      retentionPolicy: { ...retentionPolicy, days: retentionDays, enabled: retentionDays > 0 },
      format: { ...format, type: format?.type ?? 'JSON', version: formatVersion },
      flowAnalyticsConfiguration: {
        ...flowAnalyticsConfiguration,
        networkWatcherFlowAnalyticsConfiguration: analyticsOf(current, wanted),
      },
    },
  };
}

/** Whether the log names this workspace with all that Azure wants to hear of it. */
export function namesWorkspace(current: FlowLogBody | null, workspaceResourceId: string): boolean {
  const known = current?.properties.flowAnalyticsConfiguration?.networkWatcherFlowAnalyticsConfiguration;
  return sameId(known?.workspaceResourceId ?? '', workspaceResourceId) && Boolean(known?.workspaceRegion);
}

/** What Azure says and nobody may set. */
const readOnly = ['id', 'name', 'type', 'etag', 'systemData', 'provisioningState', 'targetResourceGuid'];

function writable<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !readOnly.includes(name))) as T;
}

/** Left out where a log has never had any and all are wanted: nobody says that every region takes the field. */
function recordTypesOf(current: string | null | undefined, { recordTypes }: FlowLogSettings): object {
  return current || recordTypes !== recordTypeList(recordTypesOfAzure) ? { recordTypes } : {};
}

/** Off is said outright, because Azure's default differs between versions. */
function analyticsOf(current: FlowLogBody | null, { settings, workspace }: Wanted): z.infer<typeof analytics> {
  const known = current?.properties.flowAnalyticsConfiguration?.networkWatcherFlowAnalyticsConfiguration;
  if (!settings.trafficAnalytics) return { ...known, enabled: false };
  const { workspaceResourceId, intervalMinutes } = settings.trafficAnalytics;
  return { ...known, ...workspace, enabled: true, workspaceResourceId, trafficAnalyticsInterval: intervalMinutes };
}
