import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrayOf, objectOf } from '../../infra/local/arm/core/json.ts';
import { type Client, control, createClient, eventually } from './support/client.ts';
import { group, network, otherSubscriptionId, subscriptionId, watcher, watcherGroup } from './support/estate.ts';
import { type Simulator, startSimulator } from './support/simulator.ts';

let simulator: Simulator;
let client: Client;
const vnet = (rest = {}) => ({
  location: 'westeurope',
  properties: { addressSpace: { addressPrefixes: ['10.4.0.0/16'] } },
  ...rest,
});
const watchersOf = async (subscription: string) => {
  const { body } = await client.get(`/subscriptions/${subscription}/providers/Microsoft.Network/networkWatchers`);
  return arrayOf(body.value).map((one) => objectOf(one));
};

beforeAll(async () => {
  simulator = await startSimulator({ args: ['--time-scale', '0.1'] });
  client = createClient(simulator);
});

afterAll(() => simulator.stop());

test('a network is Updating until its operation has succeeded, then has another etag, and shows it in a header', async () => {
  const created = await client.send('PUT', network('vnet-new'), vnet({ tags: { env: 'test' } }));
  expect(created).toMatchObject({
    status: 201,
    body: { id: network('vnet-new'), tags: { env: 'test' }, properties: { provisioningState: 'Updating' } },
  });
  await client.finish(created);
  const done = await client.get(network('vnet-new'));
  expect(done.body).toMatchObject({
    properties: { provisioningState: 'Succeeded', resourceGuid: objectOf(created.body.properties).resourceGuid },
  });
  expect(done.body.etag).not.toBe(created.body.etag);
  expect(done.headers.get('etag')).toBe(done.body.etag);
});

test('ids are compared without case and come back in the casing they were made with', async () => {
  await client.put(network('vnet-Case'), vnet());
  const found = await client.get(
    network('VNET-case').replace('resourceGroups', 'RESOURCEGROUPS').replace('Microsoft.Network', 'microsoft.network'),
  );
  expect(found.body).toMatchObject({ id: network('vnet-Case'), name: 'vnet-Case' });
  const again = await client.send('PUT', network('VNET-CASE'), vnet());
  expect(again).toMatchObject({ status: 200, body: { id: network('vnet-Case') } });
});

test('If-Match guards a write against another one in between', async () => {
  const { etag } = await client.put(network('vnet-guarded'), vnet());
  const stale = await client.send('PUT', network('vnet-guarded'), vnet(), { 'If-Match': 'W/"0"' });
  expect(stale).toMatchObject({ status: 412, code: 'PreconditionFailed' });
  const fresh = await client.send('PUT', network('vnet-guarded'), vnet(), { 'If-Match': String(etag) });
  expect(fresh.status).toBe(200);
  await client.finish(fresh);
  const exists = await client.send('PUT', network('vnet-guarded'), vnet(), { 'If-None-Match': '*' });
  expect(exists.status).toBe(412);
});

test('a location cannot change, and is brought into its normal form', async () => {
  await client.put(network('vnet-place'), { ...vnet(), location: 'West Europe' });
  expect((await client.get(network('vnet-place'))).body.location).toBe('westeurope');
  const moved = await client.send('PUT', network('vnet-place'), { ...vnet(), location: 'northeurope' });
  expect(moved).toMatchObject({ status: 409, code: 'InvalidResourceLocation' });
});

test('the first network of a region brings a network watcher some time later, in NetworkWatcherRG', async () => {
  await client.put(
    `/subscriptions/${otherSubscriptionId}/resourceGroups/rg-other/providers/Microsoft.Network/virtualNetworks/v`,
    {
      ...vnet(),
      location: 'uksouth',
    },
  );
  const made = await eventually('the watcher is there', async () =>
    (await watchersOf(otherSubscriptionId)).find(({ location }) => location === 'uksouth'),
  );
  expect(made).toMatchObject({
    name: 'NetworkWatcher_uksouth',
    id: `/subscriptions/${otherSubscriptionId}/resourceGroups/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers/NetworkWatcher_uksouth`,
    properties: { provisioningState: 'Succeeded', runningOperationIds: [] },
  });
});

test('an estate that opted out gets no watcher', async () => {
  await control(simulator, 'PUT', '/switches', { watcherAutoCreation: 'off' });
  await client.put(`${group}/providers/Microsoft.Network/virtualNetworks/vnet-out`, {
    ...vnet(),
    location: 'francecentral',
  });
  await control(simulator, 'PUT', '/switches', { watcherAutoCreation: 'on' });
  await client.put(`${group}/providers/Microsoft.Network/virtualNetworks/vnet-in`, {
    ...vnet(),
    location: 'swedencentral',
  });
  await eventually('the other watcher is there', async () =>
    (await watchersOf(subscriptionId)).find(({ location }) => location === 'swedencentral'),
  );
  expect((await watchersOf(subscriptionId)).map(({ location }) => location)).not.toContain('francecentral');
});

test('there is one watcher a region and subscription', async () => {
  const second = watcher.replace('NetworkWatcher_westeurope', 'another');
  const answer = await client.send('PUT', second, { location: 'westeurope', properties: {} });
  expect(answer).toMatchObject({ status: 400, code: 'NetworkWatcherCountLimitReached' });
  expect(
    (await client.send('PUT', watcher, { location: 'westeurope', properties: {}, tags: { ours: 'yes' } })).status,
  ).toBe(200);
  const elsewhere = `${watcherGroup}/providers/Microsoft.Network/networkWatchers/my-own-name`;
  expect((await client.send('PUT', elsewhere, { location: 'italynorth', properties: {} })).status).toBe(201);
});

test('the flow logs of a network are shown in it only when the switch says so', async () => {
  expect(objectOf((await client.get(network('vnet-a'))).body.properties)).not.toHaveProperty('flowLogs');
  await control(simulator, 'PUT', '/switches', { vnetFlowLogs: 'filled' });
  expect((await client.get(network('vnet-a'))).body).toMatchObject({ properties: { flowLogs: [] } });
  await control(simulator, 'PUT', '/switches', { vnetFlowLogs: 'absent' });
});

test('a resource group that exists elsewhere is not moved, and one that is not there is told', async () => {
  const moved = await client.send('PUT', watcherGroup, { location: 'northeurope' });
  expect(moved).toMatchObject({ status: 409, code: 'InvalidResourceGroupLocation' });
  const lost = await client.send('PUT', network('v').replace('rg-network', 'rg-none'), vnet());
  expect(lost).toMatchObject({
    status: 404,
    code: 'ResourceGroupNotFound',
    body: { error: { message: "Resource group 'rg-none' could not be found." } },
  });
  expect((await client.send('HEAD', group)).status).toBe(204);
  expect((await client.send('HEAD', `${group}-none`)).status).toBe(404);
});

test('a list comes in pages, and nothing is lost or doubled over them', async () => {
  const names = Array.from({ length: 7 }, (_, index) => `vnet-page-${index}`);
  for (const name of names) await client.send('PUT', network(name), vnet());
  await control(simulator, 'PUT', '/switches', { pageSize: 3 });
  const found: string[] = [];
  let next: string | undefined = `${group}/providers/Microsoft.Network/virtualNetworks`;
  while (next !== undefined) {
    const { body } = await client.get(next);
    expect(arrayOf(body.value).length).toBeLessThanOrEqual(3);
    found.push(...arrayOf(body.value).map((one) => String(objectOf(one).name)));
    next = typeof body.nextLink === 'string' ? body.nextLink : undefined;
  }
  await control(simulator, 'PUT', '/switches', { pageSize: 1000 });
  expect(names.every((name) => found.includes(name))).toBe(true);
  expect(new Set(found).size).toBe(found.length);
});

test('subnets can be read as resources of their own', async () => {
  const subnets = [
    { name: 'one', properties: { addressPrefix: '10.4.0.0/24' } },
    { name: 'two', properties: { addressPrefix: '10.4.1.0/24' } },
  ];
  const addressSpace = { addressPrefixes: ['10.4.0.0/16'] };
  const made = await client.put(network('vnet-subnets'), {
    location: 'westeurope',
    properties: { addressSpace, subnets },
  });
  const listed = await client.get(`${network('vnet-subnets')}/subnets`);
  expect(arrayOf(listed.body.value)).toEqual(objectOf(made.properties).subnets);
  const one = await client.get(`${network('vnet-subnets')}/subnets/ONE`);
  expect(one.body).toMatchObject({
    name: 'one',
    etag: made.etag,
    properties: { addressPrefix: '10.4.0.0/24', provisioningState: 'Succeeded' },
  });
  expect(await client.get(`${network('vnet-subnets')}/subnets/three`)).toMatchObject({
    status: 404,
    code: 'ResourceNotFound',
  });
});
