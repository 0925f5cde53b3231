import { afterAll, describe, expect, test } from 'vitest';
import type { Estate } from '../../infra/local/arm/estate.ts';
import { textTable } from '../../infra/local/narrator/text-table.ts';
import type { Destination } from '../../shared/policy/destinations.ts';
import { observeDestination } from '../../shared/work/observe-destination.ts';
import { assignment, estate, group, identity, owner, roles, storage, subscriptionId } from '../arm/support/estate.ts';
import { simulatedAzure } from '../steps/support/simulated-azure.ts';

type Resource = Estate['resources'][number];
type Case = {
  readonly code: string;
  readonly as: 'blocked' | 'warning';
  readonly where: string;
  /** What the estate has besides, or instead. */
  readonly resources?: readonly Resource[];
  readonly destination?: Partial<Destination>;
  readonly wasPublished?: true;
  /** A read that Azure refuses. */
  readonly refuses?: string;
  readonly tenantId?: string;
  readonly unregistered?: string;
};

const made: Destination = {
  storageAccountId: storage('stwest'),
  location: 'westeurope',
  identityId: identity('id-logs'),
  ours: true,
  retention: false,
  mode: 'enforce',
  path: 'rules[0].destination.westeurope',
};
const principalId = '77777777-0000-4000-8000-000000000001';
const knownIdentity = { id: identity('id-logs'), location: 'westeurope', properties: { principalId } };
const writer = assignment(storage('stwest'), principalId, roles.blobContributor, 50);
const notMade = { identityId: identity('id-new') };

const account = (properties: object, rest: object = {}): Resource => ({
  id: storage('stwest'),
  location: 'westeurope',
  sku: { name: 'Standard_LRS' },
  kind: 'StorageV2',
  properties,
  ...rest,
});
const container = (properties: object): Resource => ({
  id: `${storage('stwest')}/blobServices/default/containers/insights-logs-flowlogflowevent`,
  properties,
});
const lock = (scope: string, level: string): Resource => ({
  id: `${scope}/providers/Microsoft.Authorization/locks/keep`,
  properties: { level },
});
const rule = { type: 'Lifecycle', enabled: true, definition: { actions: {}, filters: { blobTypes: ['blockBlob'] } } };
const lifecycle = (rules: number): Resource => ({
  id: `${storage('stwest')}/managementPolicies/default`,
  properties: { policy: { rules: Array.from({ length: rules }, (_, index) => ({ ...rule, name: `rule-${index}` })) } },
});
const manyAssignments = (count: number): Resource[] =>
  Array.from({ length: count }, (_, index) =>
    assignment(group, `88888888-0000-4000-8000-${String(index).padStart(12, '0')}`, roles.reader, 10_000 + index),
  );

const cases: readonly Case[] = [
  {
    code: 'StorageAccountNotFound',
    as: 'blocked',
    where: 'no such account',
    destination: { storageAccountId: storage('stnone') },
  },
  {
    code: 'StorageAccountInOtherRegion',
    as: 'blocked',
    where: 'an account of another region',
    destination: { storageAccountId: storage('stnorth') },
  },
  {
    code: 'StorageAccountTier',
    as: 'blocked',
    where: 'a premium account',
    destination: { storageAccountId: storage('stpremium') },
  },
  {
    code: 'StorageAccountKind',
    as: 'blocked',
    where: 'an account for files',
    resources: [account({}, { kind: 'FileStorage', sku: { name: 'StandardV2_LRS' } })],
  },
  {
    code: 'StorageAccountInOtherTenant',
    as: 'blocked',
    where: 'a delegated subscription',
    tenantId: '11111111-0000-4000-8000-00000000beef',
  },
  {
    code: 'StorageAccountFirewall',
    as: 'blocked',
    where: 'a firewall without trusted services',
    resources: [account({ networkAcls: { bypass: 'None', defaultAction: 'Deny' } })],
  },
  {
    code: 'StorageAccountFirewall',
    as: 'blocked',
    where: 'no public access, and no trusted services',
    resources: [
      account({ publicNetworkAccess: 'Disabled', networkAcls: { bypass: 'Logging', defaultAction: 'Deny' } }),
    ],
  },
  {
    code: 'PublicAccessDisabled',
    as: 'warning',
    where: 'no public access, with trusted services',
    resources: [
      account({
        publicNetworkAccess: 'Disabled',
        networkAcls: { bypass: 'Logging, AzureServices', defaultAction: 'Deny' },
      }),
    ],
  },
  {
    code: 'NetworkSecurityPerimeter',
    as: 'warning',
    where: 'a perimeter',
    resources: [account({ publicNetworkAccess: 'SecuredByPerimeter' })],
  },
  {
    code: 'BlobVersioning',
    as: 'warning',
    where: 'versioning',
    resources: [{ id: `${storage('stwest')}/blobServices/default`, properties: { isVersioningEnabled: true } }],
  },
  {
    code: 'ContainerImmutable',
    as: 'blocked',
    where: 'a retention policy for append blobs only',
    resources: [
      container({
        hasImmutabilityPolicy: true,
        immutabilityPolicy: { properties: { allowProtectedAppendWrites: true } },
      }),
    ],
  },
  {
    code: 'ContainerImmutable',
    as: 'blocked',
    where: 'a legal hold',
    resources: [container({ hasLegalHold: true, legalHold: { hasLegalHold: true, tags: [] } })],
  },
  {
    code: 'StorageAccountReadOnly',
    as: 'blocked',
    where: 'a read-only lock on the group, access missing',
    resources: [lock(group, 'ReadOnly')],
    destination: notMade,
  },
  {
    code: 'StorageAccountLocked',
    as: 'warning',
    where: 'a read-only lock, access given',
    resources: [lock(storage('stwest'), 'ReadOnly')],
  },
  {
    code: 'StorageAccountLocked',
    as: 'warning',
    where: 'a delete lock on the subscription',
    resources: [lock(`/subscriptions/${subscriptionId}`, 'CanNotDelete')],
  },
  {
    code: 'LifecycleRulesShort',
    as: 'warning',
    where: '95 lifecycle rules, logs with retention',
    resources: [lifecycle(95)],
    destination: { retention: true },
  },
  {
    code: 'ProviderNotRegistered',
    as: 'blocked',
    where: 'identities to be made, not registered',
    destination: notMade,
    unregistered: 'Microsoft.ManagedIdentity',
  },
  {
    code: 'ProviderNotRegistered',
    as: 'warning',
    where: 'Microsoft.Insights not registered',
    unregistered: 'Microsoft.Insights',
  },
  {
    code: 'RoleAssignmentsUsedUp',
    as: 'blocked',
    where: '4,000 role assignments',
    resources: manyAssignments(4000),
    destination: notMade,
  },
  {
    code: 'RoleAssignmentsShort',
    as: 'warning',
    where: '3,950 role assignments',
    resources: manyAssignments(3950),
    destination: notMade,
  },
  {
    code: 'IdentityMissing',
    as: 'warning',
    where: 'the identity of a ready destination is gone',
    destination: notMade,
    wasPublished: true,
  },
  {
    code: 'RoleAssignmentMissing',
    as: 'warning',
    where: 'the access of a ready destination is gone',
    destination: { storageAccountId: storage('stwest2') },
    resources: [{ ...account({}), id: storage('stwest2') }],
    wasPublished: true,
  },
  {
    code: 'IdentityHasMoreRights',
    as: 'warning',
    where: 'the identity is Reader of the group',
    resources: [assignment(group, principalId, roles.reader, 51)],
  },
  {
    code: 'IdentityHasMoreRights',
    as: 'warning',
    where: 'the identity may write all blobs of the subscription',
    resources: [assignment(`/subscriptions/${subscriptionId}`, principalId, roles.blobContributor, 52)],
  },
  { code: 'DestinationUnread', as: 'warning', where: 'locks may not be read', refuses: 'Authorization/locks' },
  {
    code: 'DestinationUnread',
    as: 'warning',
    where: 'containers may not be read',
    refuses: 'blobServices/default/cont',
  },
  { code: 'DestinationUnread', as: 'warning', where: 'the graph is refused', refuses: 'Microsoft.ResourceGraph' },
];

/** The estate with a destination that is ready and without a fault, changed as the case says. */
function estateOf({ resources = [], tenantId }: Case): Estate {
  const given = [knownIdentity, writer, ...resources];
  const others = estate.resources.filter(({ id }) => !given.some((one) => one.id === id));
  const [first, ...subscriptions] = estate.subscriptions;
  return {
    ...estate,
    subscriptions: [...(first ? [tenantId ? { ...first, tenantId } : first] : []), ...subscriptions],
    resources: [...others, ...given],
  };
}

async function observe(one: Case) {
  const azure = simulatedAzure(estateOf(one));
  if (one.refuses) azure.fault({ path: one.refuses, status: 403, code: 'AuthorizationFailed', times: 0 });
  if (one.unregistered) {
    const path = `/subscriptions/${subscriptionId}/providers/${one.unregistered}/unregister`;
    expect(azure.send('POST', `${path}?api-version=2025-04-01`, {}, owner).status).toBe(200);
  }
  const observed = await observeDestination(azure.clients, { ...made, ...one.destination }, one.wasPublished ?? false);
  if (!observed.ok) throw new Error(`${observed.error.code}: ${observed.error.message}`);
  return { ...observed.value, sent: azure.sent };
}

const seen: string[][] = [];
afterAll(() => console.log(`\n${textTable(['code', 'told as', 'where', 'requests'], seen)}\n`));

test('a destination without a fault has nothing to tell, and is looked at in seven requests and a query', async () => {
  const { blocks, warnings, access, identity: found, sent } = await observe({ code: '', as: 'warning', where: '' });
  expect({ blocks, warnings, access }).toEqual({ blocks: [], warnings: [], access: true });
  expect(found?.principalId).toBe(principalId);
  expect(sent).toHaveLength(8);
});

describe('what is found before any write', () => {
  test.each(cases)('$code, $as: $where', async (one) => {
    const { blocks, warnings, sent } = await observe(one);
    const codes = (problems: readonly { code: string }[]) => problems.map(({ code }) => code);
    expect({ blocks: codes(blocks), warnings: codes(warnings) }).toEqual({
      blocks: one.as === 'blocked' ? [one.code] : [],
      warnings: one.as === 'warning' ? [one.code] : [],
    });
    expect(sent.filter((line) => /^(PUT|PATCH|DELETE) /.test(line))).toEqual([]);
    expect(sent.length).toBeLessThanOrEqual(9);
    seen.push([one.code, one.as, one.where, String(sent.length)]);
  });
});

test.each([
  {
    what: 'that may be appended to',
    properties: { immutabilityPolicy: { properties: { allowProtectedAppendWritesAll: true } } },
  },
  { what: 'whose versions are immutable', properties: { immutableStorageWithVersioning: { enabled: true } } },
])('an immutable container $what is no fault', async ({ properties }) => {
  const resources = [container({ hasImmutabilityPolicy: true, ...properties })];
  const { blocks, warnings } = await observe({ code: '', as: 'blocked', where: '', resources });
  expect([...blocks, ...warnings]).toEqual([]);
});

test('several faults are told together', async () => {
  const faults = account({ networkAcls: { bypass: 'None', defaultAction: 'Deny' } }, { kind: 'FileStorage' });
  const { blocks } = await observe({ code: '', as: 'blocked', where: '', resources: [faults] });
  expect(blocks.map(({ code }) => code)).toEqual(['StorageAccountKind', 'StorageAccountFirewall']);
});

describe('what is vital and can not be read ends the look', () => {
  test.each(['storageAccounts/stwest$', 'userAssignedIdentities/', 'roleAssignments'])('%s', async (path) => {
    const azure = simulatedAzure(estateOf({ code: '', as: 'blocked', where: '' }));
    azure.fault({ path, status: 403, code: 'AuthorizationFailed', times: 0 });
    const observed = await observeDestination(azure.clients, made, false);
    expect(observed).toMatchObject({ ok: false, error: { code: 'AuthorizationFailed' } });
  });
});
