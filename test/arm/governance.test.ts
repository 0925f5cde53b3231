import { beforeEach, expect, test } from 'vitest';
import { arrayOf, type Json, objectOf } from '../../infra/local/arm/core/json.ts';
import {
  assignment,
  estate,
  flowLog,
  group,
  network,
  otherSubscriptionId,
  owner,
  roles,
  storage,
  subscriptionId,
} from './support/estate.ts';
import { startInProcess } from './support/in-process.ts';

const managementGroup = (name: string) => `/providers/Microsoft.Management/managementGroups/${name}`;
const subscription = `/subscriptions/${subscriptionId}`;
const platform = {
  ...estate,
  subscriptions: [
    { subscriptionId, displayName: 'sub-one', managementGroup: 'corp' },
    { subscriptionId: otherSubscriptionId, displayName: 'sub-two' },
  ],
  resources: [
    ...estate.resources,
    { id: managementGroup('root'), properties: { displayName: 'Root' } },
    {
      id: managementGroup('corp'),
      properties: { displayName: 'Corp', details: { parent: { id: managementGroup('root') } } },
    },
    assignment(managementGroup('root'), owner.principalId, roles.reader, 77),
    {
      id: `${storage('stnorth')}/providers/Microsoft.Authorization/denyAssignments/66666666-0000-4000-8000-000000000001`,
      properties: {
        denyAssignmentName: 'managed by a stack',
        permissions: [{ actions: ['*/write', '*/delete'], notActions: ['Microsoft.Authorization/locks/write'] }],
        principals: [{ id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' }],
      },
    },
  ],
};

let simulator: ReturnType<typeof startInProcess>;
const network2026 = 'api-version=2026-01-01';
const vnet = (rest: Record<string, Json> = {}) => ({
  location: 'westeurope',
  properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } },
  ...rest,
});
// `then` as a written member would make the object look like a promise.
const policyRule = (condition: Json, effect: string): Json =>
  Object.fromEntries([
    ['if', condition],
    ['then', { effect }],
  ]);
const errorOf = (body: Json | undefined) => objectOf(objectOf(body).error);

beforeEach(() => {
  simulator = startInProcess(platform);
});

test('a policy with the effect deny refuses what meets its condition, with the policy in the answer', () => {
  const definition = `${subscription}/providers/Microsoft.Authorization/policyDefinitions/needs-owner`;
  const condition = {
    allOf: [
      { field: 'type', equals: 'Microsoft.Network/virtualNetworks' },
      { field: "tags['owner']", exists: 'false' },
      { field: 'location', in: "[parameters('locations')]" },
    ],
  };
  const rule = policyRule(condition, "[parameters('effect')]");
  const parameters = { effect: { type: 'String', defaultValue: 'deny' }, locations: { type: 'Array' } };
  const version = 'api-version=2024-04-01';
  expect(
    simulator.send('PUT', `${definition}?${version}`, {
      properties: { displayName: 'Needs an owner', parameters, policyRule: rule },
    }).status,
  ).toBe(201);
  const policyAssignment = `${managementGroup('corp')}/providers/Microsoft.Authorization/policyAssignments/owners`;
  const assigned = {
    properties: {
      displayName: 'Owners',
      policyDefinitionId: definition,
      parameters: { locations: { value: ['westeurope'] } },
      notScopes: [`${subscription}/resourceGroups/rg-free`],
    },
  };
  expect(simulator.send('PUT', `${policyAssignment}?${version}`, assigned)).toMatchObject({ status: 403 });
  const local = `${subscription}/providers/Microsoft.Authorization/policyAssignments/owners`;
  expect(simulator.send('PUT', `${local}?${version}`, assigned).status).toBe(201);
  const refused = simulator.send('PUT', `${network('v')}?${network2026}`, vnet());
  expect(refused.status).toBe(403);
  expect(errorOf(refused.body)).toMatchObject({
    code: 'RequestDisallowedByPolicy',
    target: 'v',
    additionalInfo: [{ type: 'PolicyViolation', info: { policyAssignmentId: local, policyDefinitionEffect: 'Deny' } }],
  });
  expect(simulator.send('PUT', `${network('v')}?${network2026}`, vnet({ tags: { owner: 'me' } })).status).toBe(201);
  expect(simulator.send('PUT', `${network('w')}?${network2026}`, vnet({ location: 'northeurope' })).status).toBe(201);
  const free = `${subscription}/resourceGroups/rg-free`;
  simulator.send('PUT', `${free}?api-version=2024-03-01`, { location: 'westeurope' });
  expect(simulator.send('PUT', `${network('v').replace(group, free)}?${network2026}`, vnet()).status).toBe(201);
});

test('a policy whose condition cannot be evaluated is refused when it is written', () => {
  const definition = `${subscription}/providers/Microsoft.Authorization/policyDefinitions/odd`;
  const odd = policyRule({ field: 'name', matchesMoon: 'full' }, 'deny');
  const answer = simulator.send('PUT', `${definition}?api-version=2024-04-01`, { properties: { policyRule: odd } });
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'InvalidRequestContent' } } });
});

test('a deny assignment wins over any grant, for what it names', () => {
  const patch = simulator.send('PATCH', `${storage('stnorth')}?api-version=2026-09-01`, { tags: {} });
  expect(patch.status).toBe(403);
  expect(errorOf(patch.body)).toMatchObject({ code: 'DenyAssignmentAuthorizationFailed' });
  expect(simulator.send('GET', `${storage('stnorth')}?api-version=2026-09-01`).status).toBe(200);
  expect(simulator.send('PATCH', `${storage('stwest')}?api-version=2026-09-01`, { tags: {} }).status).toBe(200);
  const listed = simulator.send(
    'GET',
    `${storage('stnorth')}/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01`,
  );
  expect(arrayOf(objectOf(listed.body).value)).toHaveLength(1);
});

test('a provider that is not registered refuses writes until it is', () => {
  const provider = `${subscription}/providers/Microsoft.Insights`;
  const version = 'api-version=2024-03-01';
  expect(simulator.send('GET', `${provider}?${version}`).body).toMatchObject({
    namespace: 'Microsoft.Insights',
    registrationState: 'Registered',
  });
  simulator.send('POST', `${provider}/unregister?${version}`);
  const body = {
    location: 'westeurope',
    properties: { targetResourceId: network('vnet-a'), storageId: storage('stwest'), enabled: true },
  };
  const refused = simulator.send('PUT', `${flowLog('fl')}?${network2026}`, body);
  expect(errorOf(refused.body)).toMatchObject({ code: 'MissingSubscriptionRegistration' });
  expect(refused.status).toBe(409);
  expect(simulator.send('POST', `${provider}/register?${version}`).body).toMatchObject({
    registrationState: 'Registering',
  });
  simulator.pass(5);
  expect(simulator.send('PUT', `${flowLog('fl')}?${network2026}`, body).status).toBe(201);
  const all = simulator.send('GET', `${subscription}/providers?${version}`);
  expect(arrayOf(objectOf(all.body).value).map((one) => objectOf(one).namespace)).toContain('Microsoft.Network');
  expect(simulator.send('GET', `${subscription}/providers/Microsoft.Moon?${version}`).status).toBe(404);
});

test('grants at a management group reach the subscriptions below it, and no others', () => {
  const path = (id: string) =>
    `/subscriptions/${id}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`;
  const scopes = arrayOf(objectOf(simulator.send('GET', path(subscriptionId)).body).value).map(
    (one) => objectOf(objectOf(one).properties).scope,
  );
  expect(scopes).toContain(managementGroup('root'));
  const others = arrayOf(objectOf(simulator.send('GET', path(otherSubscriptionId)).body).value);
  expect(others.map((one) => objectOf(objectOf(one).properties).scope)).not.toContain(managementGroup('root'));
});

test('a management group tells what is below it', () => {
  const version = 'api-version=2023-04-01';
  expect(simulator.send('GET', `${managementGroup('root')}?${version}`).body).toMatchObject({
    properties: { displayName: 'Root' },
  });
  const below = simulator.send('GET', `${managementGroup('root')}/descendants?${version}`);
  expect(arrayOf(objectOf(below.body).value)).toMatchObject([
    { name: 'corp', type: 'Microsoft.Management/managementGroups' },
    { name: subscriptionId, type: '/subscriptions', properties: { displayName: 'sub-one' } },
  ]);
});

test('an account has a blob service, and can have a lifecycle policy', () => {
  const version = 'api-version=2026-09-01';
  const service = `${storage('stwest')}/blobServices/default?${version}`;
  expect(simulator.send('GET', service)).toMatchObject({
    status: 200,
    body: { properties: { isVersioningEnabled: false } },
  });
  simulator.send('PUT', service, { properties: { isVersioningEnabled: true } });
  expect(simulator.send('GET', service).body).toMatchObject({ properties: { isVersioningEnabled: true } });
  const policy = `${storage('stwest')}/managementPolicies/default?${version}`;
  expect(simulator.send('GET', policy).status).toBe(404);
  const rule = {
    name: 'expire',
    enabled: true,
    type: 'Lifecycle',
    definition: { actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 90 } } } },
  };
  expect(simulator.send('PUT', policy, { properties: { policy: { rules: [rule] } } }).status).toBe(200);
  expect(simulator.send('GET', policy).body).toMatchObject({ properties: { policy: { rules: [{ name: 'expire' }] } } });
});

test('a network interface can be a target as well, beside the log of its network', () => {
  const nic = `${group}/providers/Microsoft.Network/networkInterfaces/nic`;
  const subnet = { subnet: { id: `${network('vnet-a')}/subnets/default` } };
  simulator.send('PUT', `${nic}?${network2026}`, {
    location: 'westeurope',
    properties: { ipConfigurations: [{ name: 'ip', properties: subnet }] },
  });
  simulator.pass(10);
  const log = (targetResourceId: string) => ({
    location: 'westeurope',
    properties: { targetResourceId, storageId: storage('stwest'), enabled: true },
  });
  expect(simulator.send('PUT', `${flowLog('fl-nic')}?${network2026}`, log(nic)).status).toBe(201);
  expect(simulator.send('PUT', `${flowLog('fl-net')}?${network2026}`, log(network('vnet-a'))).status).toBe(201);
});

test('traffic analytics needs a workspace, named with its own region', () => {
  const workspace = `${group}/providers/Microsoft.OperationalInsights/workspaces/logs`;
  simulator.send('PUT', `${workspace}?api-version=2023-09-01`, { location: 'northeurope', properties: {} });
  const analytics = (workspaceResourceId: string, workspaceRegion: string) => ({
    location: 'westeurope',
    properties: {
      targetResourceId: network('vnet-a'),
      storageId: storage('stwest'),
      enabled: true,
      flowAnalyticsConfiguration: {
        networkWatcherFlowAnalyticsConfiguration: { enabled: true, workspaceResourceId, workspaceRegion },
      },
    },
  });
  const outcome = (body: Json) => {
    const { headers } = simulator.send('PUT', `${flowLog('fl-ta')}?${network2026}`, body);
    simulator.pass(10);
    return simulator.send('GET', headers['Azure-AsyncOperation'] ?? '').body;
  };
  expect(outcome(analytics(`${workspace}-none`, 'northeurope'))).toMatchObject({
    status: 'Failed',
    error: { code: 'WorkspaceNotFound' },
  });
  expect(outcome(analytics(workspace, 'eastus2'))).toMatchObject({
    status: 'Failed',
    error: { code: 'InvalidTAWorkspaceRegion' },
  });
  expect(outcome(analytics(workspace, 'northeurope'))).toEqual({ status: 'Succeeded' });
});

test('what lives in resource groups cannot be put anywhere else', () => {
  const lost = `${subscription}/providers/Microsoft.Network/virtualNetworks/lost`;
  expect(simulator.send('PUT', `${lost}?${network2026}`, vnet())).toMatchObject({
    status: 404,
    body: { error: { code: 'InvalidResourceType' } },
  });
});
