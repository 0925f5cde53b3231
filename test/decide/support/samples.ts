import type { DesiredFlowLog, FlowLogFacts, NetworkFacts } from '../../../shared/decide/facts.ts';
import { known } from '../../../shared/known.ts';
import type { Policy } from '../../../shared/policy/document.ts';
import { parsePolicy } from '../../../shared/policy/parse-policy.ts';

export const subscriptionId = '11111111-1111-4111-8111-111111111111';
export const otherSubscriptionId = '22222222-2222-4222-8222-222222222222';
/** A subscription in no management group. */
export const noAncestors = known<readonly string[]>([]);
export const principalId = '33333333-3333-4333-8333-333333333333';
export const now = '2026-11-23T09:00:00.000Z';

const group = (name: string) => `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
export const resourceGroupId = group('rg-flowkeeper');
export const networkId = `${group('rg-app')}/providers/Microsoft.Network/virtualNetworks/vnet-app`;
export const watcherId = `${group('NetworkWatcherRG')}/providers/Microsoft.Network/networkWatchers/NetworkWatcher_westeurope`;
export const flowLogId = `${watcherId}/flowLogs/vnet-app-flowlog`;
export const storageId = (name: string) => `${group('rg-logs')}/providers/Microsoft.Storage/storageAccounts/${name}`;
export const workspaceId = (name: string) =>
  `${group('rg-logs')}/providers/Microsoft.OperationalInsights/workspaces/${name}`;
export const identityId = (name: string) =>
  `${resourceGroupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;

/** A policy document with one rule; `changes` and `rule` replace fields of the document and of the rule. */
export function document(changes: object = {}, rule: object = {}) {
  return { version: 1, mode: 'enforce', rules: [ruleOf(rule)], ...changes };
}

export function ruleOf(changes: object = {}) {
  return {
    name: 'default',
    destination: { westeurope: storageId('stlogswest') },
    identity: { kind: 'ours', resourceGroupId, name: 'id-{location}-{account}' },
    ...changes,
  };
}

/** Parses a document that has to be right. */
export function policyOf(text: object): Policy {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(parsed.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return parsed.policy;
}

export function network(changes: Partial<NetworkFacts> = {}): NetworkFacts {
  return {
    id: networkId,
    location: 'westeurope',
    tags: {},
    resourceGuid: '44444444-4444-4444-8444-444444444444',
    provisioningState: 'Succeeded',
    ...changes,
  };
}

/** What the policy asks for, and a flow log that is exactly so. */
export function desired(changes: Partial<DesiredFlowLog> = {}): DesiredFlowLog {
  return {
    rule: 'default',
    name: 'vnet-app-flowlog',
    storageAccountId: storageId('stlogswest'),
    identityId: identityId('id-west'),
    identityIsOurs: true,
    retentionDays: 0,
    formatVersion: 2,
    enabledFilteringCriteria: '',
    recordTypes: 'B,C,E,D',
    trafficAnalytics: 'keep',
    networkWatcher: 'create',
    existing: 'adopt',
    ...changes,
  };
}

export function flowLog(changes: Partial<FlowLogFacts> = {}): FlowLogFacts {
  return {
    id: flowLogId,
    targetResourceId: networkId,
    targetResourceGuid: network().resourceGuid,
    storageId: storageId('stlogswest'),
    enabled: true,
    retentionDays: 0,
    formatVersion: 2,
    enabledFilteringCriteria: '',
    recordTypes: 'B,C,E,D',
    trafficAnalytics: null,
    identities: [{ id: identityId('id-west'), principalId }],
    provisioningState: 'Succeeded',
    tags: {},
    ...changes,
  };
}
