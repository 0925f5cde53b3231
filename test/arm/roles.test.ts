import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrayOf, objectOf } from '../../infra/local/arm/core/json.ts';
import { type Client, control, createClient, eventually } from './support/client.ts';
import {
  flowLog,
  group,
  identity,
  network,
  otherSubscriptionId,
  owner,
  reader,
  roles,
  storage,
  stranger,
  subscriptionId,
} from './support/estate.ts';
import { type Simulator, startSimulator } from './support/simulator.ts';

let simulator: Simulator;
let client: Client;
let count = 0;
let principalId: string;

const assignmentId = (scope: string) => {
  count += 1;
  return `${scope}/providers/Microsoft.Authorization/roleAssignments/88888888-0000-4000-8000-${String(count).padStart(12, '0')}`;
};
const granting = (principal: string, role: string, rest = {}) => ({
  properties: {
    roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
    principalId: principal,
    ...rest,
  },
});
const known = { principalType: 'ServicePrincipal' };

beforeAll(async () => {
  simulator = await startSimulator({ args: ['--time-scale', '0.02'] });
  client = createClient(simulator);
  principalId = String(objectOf((await client.get(identity('id-logs'))).body.properties).principalId);
});

afterAll(() => simulator.stop());

test('an assignment comes back with all its fields, and a delete shows it once more', async () => {
  const id = assignmentId(storage('stwest'));
  const made = await client.send(
    'PUT',
    id,
    granting(principalId, roles.blobContributor, { ...known, description: 'for flow logs' }),
  );
  expect(made).toMatchObject({
    status: 201,
    body: {
      id,
      type: 'Microsoft.Authorization/roleAssignments',
      properties: {
        scope: storage('stwest'),
        principalId,
        principalType: 'ServicePrincipal',
        condition: null,
        createdBy: owner.principalId,
        description: 'for flow logs',
      },
    },
  });
  expect((await client.get(id)).body).toEqual(made.body);
  expect(await client.send('DELETE', id)).toMatchObject({ status: 200, body: { id } });
  expect((await client.send('DELETE', id)).status).toBe(204);
  expect(await client.get(id)).toMatchObject({ status: 404, code: 'RoleAssignmentNotFound' });
});

test('a principal that is not there, or not replicated yet, is not found unless its type is given', async () => {
  const nobody = '77777777-0000-4000-8000-000000000001';
  const answer = await client.send('PUT', assignmentId(group), granting(nobody, roles.reader));
  expect(answer).toMatchObject({ status: 400, code: 'PrincipalNotFound' });
  expect(String(objectOf(answer.body.error).message)).toContain('https://aka.ms/docs-principaltype');
  await client.put(identity('id-young'), { location: 'westeurope' });
  const young = String(objectOf((await client.get(identity('id-young'))).body.properties).principalId);
  const early = await client.send('PUT', assignmentId(group), granting(young, roles.reader, known));
  expect(early.status).toBe(201);
  await client.put(identity('id-younger'), { location: 'westeurope' });
  const younger = String(objectOf((await client.get(identity('id-younger'))).body.properties).principalId);
  await eventually('the identity is replicated', async () =>
    (await client.send('PUT', assignmentId(group), granting(younger, roles.reader))).status === 201 ? true : undefined,
  );
});

test('the same grant under another name exists already; under the same name it is accepted or not, as the switch says', async () => {
  const id = assignmentId(storage('stnorth'));
  const body = granting(principalId, roles.blobContributor, known);
  await client.put(id, body);
  const twin = await client.send('PUT', assignmentId(storage('stnorth')), body);
  expect(twin).toMatchObject({ status: 409, code: 'RoleAssignmentExists' });
  expect((await client.send('PUT', id, body)).status).toBe(200);
  await control(simulator, 'PUT', '/switches', { repeatedRoleAssignment: 'exists' });
  expect(await client.send('PUT', id, body)).toMatchObject({ status: 409, code: 'RoleAssignmentExists' });
  await control(simulator, 'PUT', '/switches', { repeatedRoleAssignment: 'accept' });
});

test('neither principal nor role of an assignment can change, nor can its name be used at another scope', async () => {
  const id = assignmentId(storage('stpremium'));
  await client.put(id, granting(principalId, roles.blobContributor, known));
  const refused = { status: 400, code: 'RoleAssignmentUpdateNotPermitted' };
  expect(await client.send('PUT', id, granting(reader.principalId, roles.blobContributor, known))).toMatchObject(
    refused,
  );
  expect(await client.send('PUT', id, granting(principalId, roles.reader, known))).toMatchObject(refused);
  const elsewhere = id.replace('stpremium', 'stwest');
  expect(await client.send('PUT', elsewhere, granting(principalId, roles.blobContributor, known))).toMatchObject(
    refused,
  );
});

test('nothing can be granted on a resource that is not there', async () => {
  const lost = assignmentId(storage('stnone'));
  expect(await client.send('PUT', lost, granting(principalId, roles.blobContributor, known))).toMatchObject({
    status: 404,
    code: 'ResourceNotFound',
  });
});

test('a name has to be a GUID, and a role has to exist', async () => {
  const noGuid = `${group}/providers/Microsoft.Authorization/roleAssignments/my-grant`;
  expect(await client.send('PUT', noGuid, granting(principalId, roles.reader, known))).toMatchObject({
    status: 400,
    code: 'InvalidRoleAssignmentId',
  });
  const noRole = await client.send(
    'PUT',
    assignmentId(group),
    granting(principalId, '00000000-0000-4000-8000-00000000dead', known),
  );
  expect(noRole).toMatchObject({ status: 400, code: 'RoleDefinitionDoesNotExist' });
});

test('an assignment outlives its principal, and shows its type as Unknown then', async () => {
  await client.put(identity('id-brief'), { location: 'westeurope' });
  const brief = String(objectOf((await client.get(identity('id-brief'))).body.properties).principalId);
  const id = assignmentId(storage('stwest'));
  await client.put(id, granting(brief, roles.blobContributor, known));
  await client.send('DELETE', identity('id-brief'));
  expect((await client.get(id)).body).toMatchObject({ properties: { principalId: brief, principalType: 'Unknown' } });
});

test('a list shows what is at, above and below its scope, and filters by principal and by atScope', async () => {
  const above = assignmentId(group);
  const at = assignmentId(storage('stwest'));
  await client.put(above, granting(stranger.principalId, roles.blobContributor, known));
  await client.put(at, granting(stranger.principalId, roles.blobContributor, known));
  const ids = async (scope: string, filter: string) => {
    const { body } = await client.get(
      `${scope}/providers/Microsoft.Authorization/roleAssignments?$filter=${encodeURIComponent(filter)}`,
    );
    return arrayOf(body.value).map((one) => objectOf(one).id);
  };
  const ofStranger = `principalId eq '${stranger.principalId}'`;
  expect(new Set(await ids(storage('stwest'), ofStranger))).toEqual(new Set([above, at]));
  expect(new Set(await ids(group, ofStranger))).toEqual(new Set([above, at]));
  expect(await ids(group, `atScope() and ${ofStranger}`)).toEqual([above]);
  expect(await ids(storage('stnorth'), ofStranger)).toEqual([above]);
  const unknown = await client.get(
    `${group}/providers/Microsoft.Authorization/roleAssignments?$filter=createdBy%20eq%20'x'`,
  );
  expect(unknown).toMatchObject({ status: 400, code: 'InvalidFilter' });
});

test('role definitions are found by id and by name, the built-in and those that the app is deployed with', async () => {
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions`;
  const builtIn = await client.get(`${path}/${roles.blobContributor}`);
  expect(builtIn.body).toMatchObject({
    name: roles.blobContributor,
    properties: { roleName: 'Storage Blob Data Contributor', type: 'BuiltInRole' },
  });
  const custom = await client.get(`${path}?$filter=${encodeURIComponent("roleName eq 'Flowkeeper Flow Log Writer'")}`);
  expect(arrayOf(custom.body.value)).toHaveLength(1);
  expect(await client.get(`${path}/00000000-0000-4000-8000-00000000dead`)).toMatchObject({ status: 404 });
});

test('who has no grant is refused with the action and scope that are missing; a grant above is inherited', async () => {
  const guest = createClient(simulator, stranger);
  const refused = await guest.get(network('vnet-a'));
  expect(refused).toMatchObject({ status: 403, code: 'AuthorizationFailed' });
  expect(objectOf(refused.body.error).message).toBe(
    `The client '${stranger.clientId}' with object id '${stranger.principalId}' does not have authorization to perform action 'Microsoft.Network/virtualNetworks/read' over scope '${network('vnet-a')}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
  const lookout = createClient(simulator, reader);
  expect((await lookout.get(network('vnet-a'))).status).toBe(200);
  const writing = await lookout.send('PUT', network('vnet-a'), { location: 'westeurope', properties: {} });
  expect(writing).toMatchObject({ status: 403, code: 'AuthorizationFailed' });
  expect((await lookout.get(`/subscriptions/${otherSubscriptionId}/resourceGroups`)).status).toBe(403);
  expect(objectOf((await lookout.get('/subscriptions')).body).value).toHaveLength(1);
});

test('a grant counts after its propagation, and no longer once it is deleted', async () => {
  const guest = createClient(simulator, stranger);
  const id = assignmentId(network('vnet-north'));
  await client.put(id, granting(stranger.principalId, roles.reader, known));
  await eventually('the grant has spread', async () =>
    (await guest.get(network('vnet-north'))).status === 200 ? true : undefined,
  );
  expect((await guest.get(network('vnet-a'))).status).toBe(403);
  await client.send('DELETE', id);
  expect((await guest.get(network('vnet-north'))).status).toBe(403);
});

test('NotActions take away: a Contributor may write networks, not role assignments', async () => {
  const guest = createClient(simulator, stranger);
  await client.put(assignmentId(group), granting(stranger.principalId, roles.contributor, known));
  const vnet = { location: 'westeurope', properties: { addressSpace: { addressPrefixes: ['10.5.0.0/16'] } } };
  await eventually('the grant has spread', async () =>
    (await guest.send('PUT', network('vnet-guest'), vnet)).status === 201 ? true : undefined,
  );
  const grant = await guest.send('PUT', assignmentId(group), granting(stranger.principalId, roles.owner, known));
  expect(grant).toMatchObject({ status: 403, code: 'AuthorizationFailed' });
});

test('binding an identity needs the right to assign it, too', async () => {
  const guest = createClient(simulator, stranger);
  const writer = assignmentId(`/subscriptions/${subscriptionId}`);
  await client.put(writer, granting(stranger.principalId, 'flow-log-writer', known));
  const body = {
    location: 'westeurope',
    identity: {
      type: 'UserAssigned',
      userAssignedIdentities: { [identity('id-logs').replace('rg-network', 'rg-ids')]: {} },
    },
    properties: { targetResourceId: network('vnet-a'), storageId: storage('stwest'), enabled: true },
  };
  await client.put(`/subscriptions/${subscriptionId}/resourceGroups/rg-ids`, { location: 'westeurope' });
  await client.put(identity('id-logs').replace('rg-network', 'rg-ids'), { location: 'westeurope' });
  const answer = await eventually('the grant has spread', async () => {
    const tried = await guest.send('PUT', flowLog('fl-guest'), body);
    return tried.code === 'AuthorizationFailed' ? undefined : tried;
  });
  expect(answer).toMatchObject({ status: 403, code: 'LinkedAuthorizationFailed' });
  expect(String(objectOf(answer.body.error).message)).toContain(
    'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
  );
});

test('watching an operation needs the right to read operations', async () => {
  const made = await client.send('PUT', network('vnet-watched'), { location: 'westeurope', properties: {} });
  const url = made.headers.get('azure-asyncoperation') ?? '';
  expect(await createClient(simulator, stranger).send('GET', url)).toMatchObject({
    status: 403,
    code: 'AuthorizationFailed',
  });
  expect((await createClient(simulator, reader).send('GET', url)).status).toBe(200);
});

test('a grant with a condition counts only where the request meets it', async () => {
  const delegate = createClient(simulator, stranger);
  const condition =
    "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] " +
    `ForAnyOfAnyValues:GuidEquals {${roles.blobContributor}})) AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR ` +
    `(@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${roles.blobContributor}}))`;
  const scope = storage('stpremium');
  const delegation = granting(stranger.principalId, 'f58310d9-a9f6-439a-9e8d-f62e7b41a168', {
    ...known,
    condition,
    conditionVersion: '2.0',
  });
  await client.put(assignmentId(scope), delegation);
  const allowed = granting(reader.principalId, roles.blobContributor, known);
  await eventually('the grant has spread', async () =>
    (await delegate.send('PUT', assignmentId(scope), allowed)).status === 201 ? true : undefined,
  );
  const forbidden = await delegate.send('PUT', assignmentId(scope), granting(reader.principalId, roles.owner, known));
  expect(forbidden).toMatchObject({ status: 403, code: 'AuthorizationFailed' });
  expect(String(objectOf(forbidden.body.error).message)).toContain('or an ABAC condition not fulfilled');
  const lost = assignmentId(scope);
  expect((await delegate.send('DELETE', lost)).status).toBe(204);
  await control(simulator, 'PUT', '/switches', { conditionOnAbsent: 'refuse' });
  expect(await delegate.send('DELETE', lost)).toMatchObject({ status: 403, code: 'AuthorizationFailed' });
  await control(simulator, 'PUT', '/switches', { conditionOnAbsent: 'ignore' });
  const odd = granting(reader.principalId, roles.reader, { ...known, condition: 'whatever' });
  expect(await client.send('PUT', assignmentId(scope), odd)).toMatchObject({
    status: 400,
    code: 'InvalidRoleAssignmentCondition',
  });
});
