import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { objectOf } from '../../infra/local/arm/core/json.ts';
import { type Client, control, createClient } from './support/client.ts';
import {
  flowLog,
  group,
  identity,
  network,
  otherSubscriptionId,
  storage,
  subscriptionId,
  watcher,
  watcherGroup,
} from './support/estate.ts';
import { type Simulator, startSimulator } from './support/simulator.ts';

let simulator: Simulator;
let client: Client;
let count = 0;
let vnet: string;
let log: string;

const body = (properties = {}, rest = {}) => ({
  location: 'westeurope',
  properties: {
    targetResourceId: vnet,
    storageId: storage('stwest'),
    enabled: true,
    retentionPolicy: { enabled: false },
    ...properties,
  },
  ...rest,
});
const withIdentity = (id: string) => ({ identity: { type: 'UserAssigned', userAssignedIdentities: { [id]: {} } } });
const addressSpace = { addressPrefixes: ['10.3.0.0/16'] };

beforeAll(async () => {
  simulator = await startSimulator({ args: ['--time-scale', '0.02'] });
  client = createClient(simulator);
});

afterAll(() => simulator.stop());

beforeEach(async () => {
  count += 1;
  vnet = network(`vnet-${count}`);
  log = flowLog(`fl-${count}`);
  await client.put(vnet, { location: 'westeurope', properties: { addressSpace } });
});

test('a create answers 201 with where to watch it, and shows the ids of its identity only when it is done', async () => {
  const created = await client.send('PUT', log, body({}, withIdentity(identity('id-logs'))));
  expect(created.status).toBe(201);
  expect(created.headers.get('retry-after')).toBe('1');
  expect(created.headers.get('azure-asyncnotification')).toBe('Enabled');
  expect(created.headers.get('location')).toBeNull();
  const url = created.headers.get('azure-asyncoperation') ?? '';
  expect(url).toContain(
    `/providers/Microsoft.Network/locations/westeurope/operations/${created.headers.get('x-ms-request-id')}?`,
  );
  expect(url.length).toBeGreaterThan(2_500);
  const empty = { principalId: '', clientId: '' };
  expect(created.body).toMatchObject({
    properties: {
      provisioningState: 'Updating',
      flowAnalyticsConfiguration: {},
      format: { type: 'FlowLogJSON', version: 2 },
      retentionPolicy: { days: 0, enabled: false },
    },
    identity: { type: 'userAssigned', userAssignedIdentities: { [identity('id-logs')]: empty } },
  });
  expect(objectOf(created.body.properties)).not.toHaveProperty('enabledFilteringCriteria');
  expect(await client.finish(created)).toEqual({ status: 'Succeeded' });
  const { principalId, clientId } = objectOf((await client.get(identity('id-logs'))).body.properties);
  const done = await client.get(log);
  expect(done.headers.get('etag')).toBeNull();
  expect(done.body).toMatchObject({
    properties: { provisioningState: 'Succeeded', enabledFilteringCriteria: '' },
    identity: { type: 'userAssigned', userAssignedIdentities: { [identity('id-logs')]: { principalId, clientId } } },
  });
});

test('its etag is that of its watcher, and changes with each flow log written', async () => {
  const first = await client.put(log, body());
  const before = await client.get(watcher);
  expect(before.body.etag).toBe(first.etag);
  expect(before.headers.get('etag')).toBe(first.etag);
  const second = await client.put(log, body({ enabled: false }));
  expect(second.etag).not.toBe(first.etag);
  expect((await client.get(watcher)).body.etag).toBe(second.etag);
});

test('a target has one flow log only, whatever its casing', async () => {
  await client.put(log, body());
  const second = await client.send(
    'PUT',
    flowLog(`other-${count}`),
    body({ targetResourceId: vnet.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions') }),
  );
  expect(second).toMatchObject({ status: 400, code: 'CannotCreateMoreThanOneFlowLogPerTargetResource' });
});

test.each([
  ['a network that is not there', () => ({ targetResourceId: network('vnet-none') })],
  ['a network of another region', () => ({ targetResourceId: network('vnet-north') })],
  ['a storage account that is not there', () => ({ storageId: storage('stnone') })],
  ['a storage account of another region', () => ({ storageId: storage('stnorth') })],
])('%s is refused', async (_, properties) => {
  expect(await client.send('PUT', log, body(properties()))).toMatchObject({
    status: 400,
    code: 'InvalidResourceReference',
  });
});

test('premium storage is refused', async () => {
  const answer = await client.send('PUT', log, body({ storageId: storage('stpremium') }));
  expect(answer).toMatchObject({ status: 400, code: 'FlowLogStorageTierNotSupported' });
});

test('an identity that does not exist is refused', async () => {
  const answer = await client.send('PUT', log, body({}, withIdentity(identity('id-none'))));
  expect(answer).toMatchObject({ status: 400, code: 'FailedIdentityOperation' });
});

test('a system-assigned identity is refused, and so is a user-assigned one without ids', async () => {
  const system = await client.send('PUT', log, body({}, { identity: { type: 'SystemAssigned' } }));
  expect(system).toMatchObject({ status: 400, code: 'CannotSetResourceIdentity' });
  const none = await client.send(
    'PUT',
    log,
    body({}, { identity: { type: 'UserAssigned', userAssignedIdentities: {} } }),
  );
  expect(none).toMatchObject({ status: 400, code: 'MissingIdentityIds' });
});

test('a subnet can be a target; one that is not there cannot', async () => {
  const subnets = [{ name: 'default', properties: { addressPrefix: '10.3.0.0/24' } }];
  await client.put(vnet, { location: 'westeurope', properties: { addressSpace, subnets } });
  const unknown = await client.send('PUT', log, body({ targetResourceId: `${vnet}/subnets/none` }));
  expect(unknown).toMatchObject({ status: 400, code: 'InvalidResourceReference' });
  expect((await client.send('PUT', log, body({ targetResourceId: `${vnet}/subnets/default` }))).status).toBe(201);
});

test('without a watcher there is no flow log; in another region than its watcher neither', async () => {
  const none = `${watcherGroup}/providers/Microsoft.Network/networkWatchers/none/flowLogs/x`;
  expect(await client.send('PUT', none, body())).toMatchObject({ status: 404, code: 'ParentResourceNotFound' });
  const elsewhere = await client.send('PUT', log, { ...body(), location: 'northeurope' });
  expect(elsewhere).toMatchObject({ status: 400, code: 'InvalidResourceReference' });
});

test('a flow log serves the networks of its own subscription only', async () => {
  const foreign = `/subscriptions/${otherSubscriptionId}/resourceGroups/rg-other/providers/Microsoft.Network/virtualNetworks/v`;
  await client.put(foreign, { location: 'westeurope', properties: { addressSpace } });
  const answer = await client.send('PUT', log, body({ targetResourceId: foreign }));
  expect(answer).toMatchObject({ status: 400, code: 'InvalidResourceReference' });
});

test('identity None dissociates; without the key Azure keeps or strips it, as the switch says', async () => {
  await client.put(log, body({}, withIdentity(identity('id-logs'))));
  await client.put(log, body({ enabled: false }));
  expect((await client.get(log)).body).toMatchObject({ identity: { type: 'userAssigned' } });
  await control(simulator, 'PUT', '/switches', { identitylessPut: 'strip' });
  await client.put(log, body());
  expect((await client.get(log)).body).not.toHaveProperty('identity');
  await control(simulator, 'PUT', '/switches', { identitylessPut: 'keep' });
  await client.put(log, body({}, withIdentity(identity('id-logs'))));
  expect(await client.put(log, body({}, { identity: { type: 'None' } }))).toMatchObject({ identity: { type: 'none' } });
});

test('an identity without the blob role is accepted, or fails the operation, as the switch says', async () => {
  await client.put(log, body({}, withIdentity(identity('id-logs'))));
  await control(simulator, 'PUT', '/switches', { roleMissingAtPut: 'fail' });
  const refused = await client.send('PUT', log, body({}, withIdentity(identity('id-logs'))));
  expect(await client.finish(refused)).toMatchObject({ status: 'Failed', error: { code: 'AuthorizationFailed' } });
  expect((await client.get(log)).body).toMatchObject({ properties: { provisioningState: 'Failed' } });
  await control(simulator, 'PUT', '/switches', { roleMissingAtPut: 'accept' });
});

test('an identity made anew is another principal; the flow log shows the old one until it is written again', async () => {
  const id = identity(`id-anew-${count}`);
  await client.put(id, { location: 'westeurope' });
  await client.put(log, body({}, withIdentity(id)));
  const principalOf = async () =>
    JSON.stringify(objectOf(objectOf((await client.get(log)).body.identity).userAssignedIdentities));
  const before = await principalOf();
  await client.send('DELETE', id);
  await client.put(id, { location: 'westeurope' });
  expect(await principalOf()).toBe(before);
  await client.put(log, body({}, withIdentity(id)));
  expect(await principalOf()).not.toBe(before);
});

test('a deleted network leaves its flow log or takes it along, as the switch says; made anew it is another one', async () => {
  await client.put(log, body());
  const guid = objectOf((await client.get(vnet)).body.properties).resourceGuid;
  await client.finish(await client.send('DELETE', vnet));
  expect((await client.get(log)).status).toBe(200);
  await client.put(vnet, { location: 'westeurope', properties: { addressSpace } });
  expect(objectOf((await client.get(vnet)).body.properties).resourceGuid).not.toBe(guid);
  expect((await client.get(log)).body).toMatchObject({ properties: { targetResourceGuid: guid } });
  await control(simulator, 'PUT', '/switches', { deletedVnet: 'takeFlowLog' });
  await client.finish(await client.send('DELETE', vnet));
  expect((await client.get(log)).status).toBe(404);
  await control(simulator, 'PUT', '/switches', { deletedVnet: 'leaveFlowLog' });
});

test('tags can be changed alone', async () => {
  await client.put(log, body({}, { tags: { a: '1' } }));
  const patched = await client.send('PATCH', log, { tags: { b: '2' } });
  expect(patched).toMatchObject({
    status: 200,
    body: { tags: { b: '2' }, properties: { enabled: true, provisioningState: 'Succeeded' } },
  });
});

test('tags can be changed even where the network has gone', async () => {
  await client.put(log, body());
  await client.finish(await client.send('DELETE', vnet));
  expect(await client.send('PATCH', log, { tags: { orphan: 'yes' } })).toMatchObject({
    status: 200,
    body: { tags: { orphan: 'yes' } },
  });
});

test('what cannot be read is refused with the path of the problem', async () => {
  const answer = await client.send('PUT', log, body({ retentionPolicy: { days: 400, enabled: true } }));
  expect(answer).toMatchObject({
    status: 400,
    code: 'InvalidRequestContent',
    body: { error: { target: 'properties.retentionPolicy.days' } },
  });
});

test('deleting the group of a network does not ask its flow log', async () => {
  const doomed = `/subscriptions/${subscriptionId}/resourceGroups/rg-doomed`;
  const inside = `${doomed}/providers/Microsoft.Network/virtualNetworks/v`;
  await client.put(doomed, { location: 'westeurope' });
  await client.put(inside, { location: 'westeurope', properties: { addressSpace } });
  await client.put(log, body({ targetResourceId: inside }));
  const deleted = await client.send('DELETE', doomed);
  expect(deleted.status).toBe(202);
  expect(deleted.headers.get('azure-asyncoperation')).toBeNull();
  const url = deleted.headers.get('location') ?? '';
  let poll = await client.send('GET', url);
  while (poll.status === 202) poll = await client.send('GET', url);
  expect(poll.status).toBe(200);
  expect((await client.get(inside)).code).toBe('ResourceGroupNotFound');
  expect((await client.get(log)).status).toBe(200);
  expect((await client.get(group)).status).toBe(200);
});
