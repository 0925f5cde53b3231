import type { FlowLog } from '@azure/arm-network';
import { z } from 'zod';
import { nameOf, requireResourceId } from '../../../shared/resource-id.ts';
import type { PolicyDocument } from '../support/bare-estate.ts';
import { eventually, openScene, type Scene, type ToldNetwork } from '../support/scene.ts';
import { sweep } from '../support/sweep.ts';

/** One way in which a network can come to be other than the policy wants it. */
export type DriftCase = {
  readonly check: string;
  /** The network to which it happens. */
  readonly network: string;
  readonly location?: 'westeurope' | 'northeurope' | 'uksouth' | 'germanywestcentral';
  readonly tags?: Readonly<Record<string, string>>;
  /** What somebody does to it. */
  readonly tamper: (subject: Subject) => Promise<unknown>;
  /** Drifts that come with it. */
  readonly beside?: readonly string[];
  readonly expected: (subject: Subject) => unknown;
  readonly actual: (subject: Subject) => unknown;
  /** What Flowkeeper would do about it; null = it tells, and touches nothing. */
  readonly action: 'create' | 'update' | null;
  /** The fields that it would set. */
  readonly fields?: readonly string[];
};

/** A network of a case, its log as Flowkeeper had made it, and what its owner can do. */
export type Subject = {
  readonly scene: Scene;
  readonly id: string;
  readonly log: FlowLog & { readonly id: string };
  /** Changes fields of the log, and leaves a tag, as somebody would. */
  readonly write: (fields: Partial<FlowLog>) => Promise<void>;
  /** Made by the tampering, for `actual`. */
  readonly made: Map<string, string>;
};

const platform = '/subscriptions/3e9b5c74-8a2d-4daf-9c63-2f7d9e4a3003/resourceGroups';
const payments = '/subscriptions/1c7f3a52-6e0b-4b8e-9a41-0d5b7c2e1001/resourceGroups';
const workspaces = `${platform}/rg-flow-logs/providers/Microsoft.OperationalInsights/workspaces`;
export const workspace = `${workspaces}/log-security`;
export const otherWorkspace = `${workspaces}/log-somebody`;
export const otherAccount = `${platform}/rg-flow-logs/providers/Microsoft.Storage/storageAccounts/stsomebody`;
const identities = `${platform}/rg-flowkeeper/providers/Microsoft.ManagedIdentity/userAssignedIdentities`;
export const otherIdentity = `${identities}/id-somebody`;
const given = { id: `${identities}/id-by-hand`, principalId: '7a1f0c8e-2b3d-4e5f-8a9b-0c1d2e3f4a5b' };
const watcher = `${payments}/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers/NetworkWatcher_germanywestcentral`;
export const twoLogs = ['a-log', 'b-log'].map((name) => `${watcher}/flowLogs/${name}`);
const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
const doubled = `${payments}/rg-payments-network/providers/Microsoft.Network/virtualNetworks/vnet-two-logs`;

/** What there is beside the networks: of somebody else, or made long ago. */
const added = [
  { id: workspace, location: 'westeurope' },
  { id: otherWorkspace, location: 'westeurope' },
  { id: otherAccount, location: 'westeurope', kind: 'StorageV2', sku: { name: 'Standard_LRS' } },
  { id: otherIdentity, location: 'westeurope' },
  { id: given.id, location: 'germanywestcentral', properties: { principalId: given.principalId } },
  {
    id: `${platform}/rg-flow-logs/providers/Microsoft.Authorization/roleAssignments/5b8d1f4e-7c2a-4d3b-9e6f-1a2b3c4d5e6f`,
    properties: {
      scope: `${platform}/rg-flow-logs`,
      roleDefinitionId: `/subscriptions/3e9b5c74-8a2d-4daf-9c63-2f7d9e4a3003/providers/Microsoft.Authorization/roleDefinitions/${reader}`,
      principalId: given.principalId,
      principalType: 'ServicePrincipal',
    },
  },
  { id: watcher, location: 'germanywestcentral' },
  { id: doubled, location: 'germanywestcentral', properties: { addressSpace: { addressPrefixes: ['10.9.0.0/16'] } } },
  ...twoLogs.map((id) => ({
    id,
    location: 'germanywestcentral',
    identity: { type: 'UserAssigned', userAssignedIdentities: { [given.id]: {} } },
    properties: {
      targetResourceId: doubled,
      storageId: `${platform}/rg-flow-logs/providers/Microsoft.Storage/storageAccounts/stflowlogsgwc`,
      enabled: true,
    },
  })),
];

/** Traffic analytics for networks that ask for it, an identity made by hand in one region, the rest as in the example. */
function policy(document: PolicyDocument): PolicyDocument {
  const [rule] = document.rules;
  if (!rule) throw new Error('The example policy has no rule.');
  const { germanywestcentral = '', ...destination } = rule.destination;
  return {
    ...document,
    rules: [
      {
        ...rule,
        name: 'by hand',
        match: { locations: ['germanywestcentral'] },
        destination: { germanywestcentral },
        identity: { kind: 'given', identityId: given.id },
      },
      {
        ...rule,
        name: 'analytics',
        match: { tags: { analytics: 'yes' } },
        destination,
        trafficAnalytics: { workspaceResourceId: workspace, intervalMinutes: 10 },
      },
      { ...rule, destination },
    ],
    limits: { ...document.limits, approveAbove: null },
  };
}

/** Opens the scene, and waits until every network of the cases has its log. */
export async function openDriftScene(cases: readonly DriftCase[]) {
  const scene = await openScene(policy, { added });
  const make = cases.filter(({ network }) => network !== nameOf(doubled));
  await Promise.all(make.map(({ network, location, tags }) => scene.createNetwork(network, location, { ...tags })));
  await sweep(scene);
  await eventually(
    async () => {
      const told = await scene.networks();
      return cases.every(({ network }) => told.some((one) => one.name === network && one.flowLogId && !one.action));
    },
    () => scene.networks(),
    120,
  );
  const subjects = new Map<string, Subject>();
  for (const { network } of cases) subjects.set(network, await subjectOf(scene, network));
  return { scene, subjects };
}

async function subjectOf(scene: Scene, name: string): Promise<Subject> {
  const id = (await scene.told(name))?.id ?? '';
  const [log] = (await scene.flowLogsOf(id)).toSorted((one, other) => ((one.id ?? '') < (other.id ?? '') ? -1 : 1));
  if (!log?.id) throw new Error(`${name} has no flow log.`);
  const { id: flowLogId } = log;
  const write = (fields: Partial<FlowLog>) =>
    scene.writeFlowLog(flowLogId, { ...fields, tags: { ...log.tags, costCentre: '4711' } });
  return { scene, id, log: { ...log, id: flowLogId }, write, made: new Map() };
}

/** Puts the policy into another mode, and waits for the sweep that this starts: while one runs, another is not begun. */
export async function setMode(scene: Scene, mode: 'audit' | 'enforce'): Promise<void> {
  const finished = () => scene.log.filter((line) => line.includes('sweep finished')).length;
  const before = finished();
  const { body, headers } = await scene.call('/api/policy');
  const init = { method: 'PUT', headers: { 'if-match': headers.get('etag') ?? '' } };
  const answer = await scene.call('/api/policy', { ...init, body: JSON.stringify({ ...(body as object), mode }) });
  if (answer.status !== 200) throw new Error(`The policy was not put into ${mode}: ${answer.status}`);
  await eventually(async () => finished() > before);
}

/** Waits until a network is told to have this drift. */
export function untilDrift(scene: Scene, name: string, check: string): Promise<ToldNetwork> {
  return eventually(
    async () => {
      const told = await scene.told(name);
      return told?.drifts.some((drift) => drift.check === check) && told;
    },
    () => scene.told(name),
  );
}

const history = z.looseObject({ history: z.array(z.looseObject({ kind: z.string(), at: z.string() })) });

/** What was ever done about a network, newest first. */
export async function historyOf(scene: Scene, id: string): Promise<readonly string[]> {
  const { subscriptionId, resourceGroup, names } = requireResourceId(id);
  const { body } = await scene.call(`/api/networks/${subscriptionId}/${resourceGroup}/${names[0]}`);
  return history.parse(body).history.map(({ kind }) => kind);
}

/** The fields of a log that a policy sets, and that Azure has come to rest. */
export function settingsOf(log: FlowLog | undefined) {
  const { enabled, storageId, retentionPolicy, format, identity, provisioningState, targetResourceGuid } = log ?? {};
  const { enabledFilteringCriteria, recordTypes = 'B,C,E,D', flowAnalyticsConfiguration } = log ?? {};
  const analytics = flowAnalyticsConfiguration?.networkWatcherFlowAnalyticsConfiguration;
  return {
    enabled,
    storageId: storageId?.toLowerCase(),
    days: retentionPolicy?.days,
    version: format?.version,
    enabledFilteringCriteria,
    recordTypes,
    workspace: analytics?.enabled ? analytics.workspaceResourceId?.toLowerCase() : null,
    minutes: analytics?.enabled ? analytics.trafficAnalyticsInterval : null,
    identities: Object.keys(identity?.userAssignedIdentities ?? {}).map((one) => one.toLowerCase()),
    provisioningState,
    targetResourceGuid,
  };
}
