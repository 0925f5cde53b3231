import fc from 'fast-check';
import type { Ancestors } from '../../../shared/decide/coverage.ts';
import type { DesiredFlowLog } from '../../../shared/decide/facts.ts';
import { known, unknown } from '../../../shared/known.ts';
import type { Policy } from '../../../shared/policy/document.ts';
import { ownProblem } from '../../../shared/problem.ts';
import { document, policyOf, resourceGroupId, storageId } from '../../decide/support/samples.ts';

const alphanumeric = [...'ABCXYZabcxyz0189'];
const text = (unit: readonly string[], minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...unit), minLength, maxLength });

export const guid = fc.uuid();

/** Names of resource groups: Azure also takes letters of other scripts, dots, brackets and dashes, up to 90 characters. */
export const resourceGroupName = fc.oneof(
  fc.constantFrom('rg', 'b-c', 'c', '()', '_', 'Gruppe.Süd', '网络', `rg-${'x'.repeat(87)}`),
  text([...alphanumeric, ...'._-()é'], 1, 90).filter((name) => !name.endsWith('.')),
);

/** Names of virtual networks: up to 64 characters, a letter or digit first. */
export const networkName = fc.oneof(
  fc.constantFrom('a', 'a-b', 'vnet', 'Vnet', 'v.net', `v${'-'.repeat(62)}t`, 'v'.repeat(64)),
  fc.tuple(fc.constantFrom(...alphanumeric), text([...alphanumeric, ...'._-'], 0, 63)).map((parts) => parts.join('')),
);

export const networkId = fc
  .tuple(guid, resourceGroupName, networkName)
  .map(
    ([subscription, group, name]) =>
      `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/${name}`,
  );

export const location = fc.constantFrom('westeurope', 'northeurope', 'germanywestcentral');

export const storageAccountId = fc
  .tuple(guid, resourceGroupName, text([...'abcxyz0189'], 3, 24))
  .map(
    ([subscription, group, name]) =>
      `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Storage/storageAccounts/${name}`,
  );

/** A few, so that what is there and what is wanted often meet. */
const someIn = (type: string) =>
  ['a', 'b', 'c'].map(
    (name) => `/subscriptions/5cbf0f3e-3b5c-4a29-8d2a-3b1f0f4a7d10/resourceGroups/rg/providers/${type}/${name}`,
  );
export const someIdentities = someIn('Microsoft.ManagedIdentity/userAssignedIdentities');
export const someAccounts = someIn('Microsoft.Storage/storageAccounts');

/** The same id, as Azure may spell it another time. */
export const anyCase = (id: string) => fc.constantFrom(id, id.toLowerCase(), id.toUpperCase());

export const someWorkspaces = someIn('Microsoft.OperationalInsights/workspaces');
export const someFilters = ['', 'dstPort=443', 'srcIP=10.0.0.0/8 || action=Deny'];
export const someRecordTypes = ['B,C,E,D', 'B,E', 'D'];
export const trafficAnalytics = fc.record({
  workspaceResourceId: fc.constantFrom(...someWorkspaces),
  intervalMinutes: fc.constantFrom(10, 60),
});

export const desiredFlowLog: fc.Arbitrary<DesiredFlowLog> = fc.record({
  rule: fc.constant('default'),
  name: fc.constant('our-flowlog'),
  storageAccountId: fc.constantFrom(...someAccounts),
  identityId: fc.option(fc.constantFrom(...someIdentities)),
  identityIsOurs: fc.boolean(),
  retentionDays: fc.integer({ min: 0, max: 365 }),
  formatVersion: fc.constantFrom(1, 2),
  enabledFilteringCriteria: fc.constantFrom(...someFilters),
  recordTypes: fc.constantFrom(...someRecordTypes),
  trafficAnalytics: fc.oneof(trafficAnalytics, fc.constantFrom('keep' as const, null)),
  networkWatcher: fc.constantFrom('create' as const, 'require' as const),
  existing: fc.constant('adopt' as const),
});

export const destination = {
  westeurope: storageId('stwest'),
  northeurope:
    '/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/x/providers/Microsoft.Storage/storageAccounts/stnorth',
};
const groupNames = ['corp', 'lab', 'root'];
const someGroups = fc.subarray(groupNames, { minLength: 1 });
/** The management groups above a subscription, which may not have been readable. */
export const ancestors: fc.Arbitrary<Ancestors> = fc.oneof(
  fc.subarray(groupNames).map((groups) => known<readonly string[]>(groups)),
  fc.constant(unknown<readonly string[]>(ownProblem('ManagementGroupsUnknown', '/subscriptions/x', 'not shown'))),
);
const modes = fc.constantFrom('audit', 'enforce', 'off');
/** Policies with one rule for two regions. */
export const policy: fc.Arbitrary<Policy> = fc
  .record({
    mode: modes,
    ruleMode: fc.option(modes, { nil: undefined }),
    identity: fc.constantFrom(
      { kind: 'none' },
      { kind: 'ours', resourceGroupId, name: 'id-{location}-{account}' },
      { kind: 'given', identityId: { westeurope: someIdentities[0], northeurope: someIdentities[1] } },
    ),
    existing: fc.constantFrom('adopt', 'report'),
    exempt: fc.boolean(),
    flowLog: fc.record(
      {
        retentionDays: fc.constantFrom(0, 30),
        enabledFilteringCriteria: fc.constantFrom(...someFilters),
        recordTypes: fc.subarray(['B', 'C', 'E', 'D'], { minLength: 1 }),
      },
      { requiredKeys: [] },
    ),
    analytics: fc.option(fc.oneof(fc.constant('off'), trafficAnalytics), { nil: undefined }),
    groups: fc.record({ include: fc.option(someGroups, { nil: undefined }), exclude: fc.subarray(['lab']) }),
    groupOfRule: fc.option(someGroups, { nil: undefined }),
  })
  .map(({ mode, ruleMode, exempt, analytics, groups, groupOfRule, ...rest }) => {
    const exemptions = exempt ? [{ reason: 'lab', tag: { name: 'exempt' } }] : [];
    const match = groupOfRule ? { managementGroups: groupOfRule } : {};
    const rule = { destination, match, ...rest, trafficAnalytics: analytics, ...(ruleMode ? { mode: ruleMode } : {}) };
    return policyOf(document({ mode, exemptions, scope: { managementGroups: groups } }, rule));
  });
