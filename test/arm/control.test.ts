import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrayOf, type Json, objectOf } from '../../infra/local/arm/core/json.ts';
import { type Client, control, createClient, tokenOf } from './support/client.ts';
import { flowLog, group, identity, network, owner, storage, subscriptionId } from './support/estate.ts';
import { type Simulator, startSimulator } from './support/simulator.ts';

let simulator: Simulator;
let client: Client;
const vnet = { location: 'westeurope', properties: { addressSpace: { addressPrefixes: ['10.6.0.0/16'] } } };
const fault = (body: Json) => control(simulator, 'POST', '/faults', body);
const journal = async (since = 0) => {
  const text = await (await fetch(`${simulator.controlUrl}/journal?since=${since}`)).text();
  return text.split('\n').flatMap((line) => (line === '' ? [] : [objectOf(JSON.parse(line) as Json)]));
};

beforeAll(async () => {
  simulator = await startSimulator({ args: ['--time-scale', '0.1'] });
  client = createClient(simulator);
});

afterAll(() => simulator.stop());

test('a fault before the effect answers instead of ARM, as often as it was told to', async () => {
  await fault({
    method: 'PUT',
    path: '/VIRTUALNETWORKS/vnet-f1$',
    times: 2,
    status: 503,
    code: 'ServerBusy',
    message: 'Busy.',
    retryAfterSeconds: 7,
  });
  const first = await client.send('PUT', network('vnet-f1'), vnet);
  expect(first).toMatchObject({ status: 503, code: 'ServerBusy' });
  expect(first.headers.get('retry-after')).toBe('7');
  expect((await client.get(network('vnet-f1'))).status).toBe(404);
  expect((await client.send('PUT', network('vnet-f1'), vnet)).status).toBe(503);
  expect((await client.send('PUT', network('vnet-f1'), vnet)).status).toBe(201);
});

test('a fault after the effect loses the answer: the connection closes, the resource is there', async () => {
  await fault({ method: 'PUT', path: 'vnet-f2', effect: 'after' });
  await expect(client.send('PUT', network('vnet-f2'), vnet)).rejects.toThrow('fetch failed');
  expect((await client.get(network('vnet-f2'))).status).toBe(200);
  expect((await journal()).find(({ status, path }) => status === 0 && path === network('vnet-f2'))).toMatchObject({
    method: 'PUT',
  });
});

test('a fault of the operation lets the request pass and the operation fail', async () => {
  await fault({
    method: 'PUT',
    path: 'vnet-f3',
    operation: { code: 'InternalServerError', message: 'An error occurred.' },
  });
  const accepted = await client.send('PUT', network('vnet-f3'), vnet);
  expect(accepted.status).toBe(201);
  expect(await client.finish(accepted)).toEqual({
    status: 'Failed',
    error: { code: 'InternalServerError', message: 'An error occurred.' },
  });
  expect((await client.get(network('vnet-f3'))).body).toMatchObject({ properties: { provisioningState: 'Failed' } });
  expect(await client.put(network('vnet-f3'), vnet)).toMatchObject({ properties: { provisioningState: 'Succeeded' } });
});

test('a fault that says nothing else loses the request: the connection closes, and nothing has happened', async () => {
  await fault({ method: 'PUT', path: 'vnet-f6' });
  await expect(client.send('PUT', network('vnet-f6'), vnet)).rejects.toThrow('fetch failed');
  expect((await client.get(network('vnet-f6'))).status).toBe(404);
});

test('an operation can be made to run for ever', async () => {
  await fault({ method: 'PUT', path: 'vnet-f7', operation: 'never' });
  const accepted = await client.send('PUT', network('vnet-f7'), vnet);
  expect(accepted.status).toBe(201);
  const url = accepted.headers.get('azure-asyncoperation') ?? '';
  expect((await client.send('GET', url)).body).toEqual({ status: 'InProgress' });
});

test('a fault with a probability hits some of the requests that fit', async () => {
  await fault({ path: 'vnet-f8', times: 0, status: 500, probability: 0.5 });
  const statuses: number[] = [];
  for (let index = 0; index < 20; index += 1) statuses.push((await client.get(network('vnet-f8'))).status);
  expect(new Set(statuses)).toEqual(new Set([404, 500]));
  await control(simulator, 'DELETE', '/faults');
});

test('a stale read shows what was there when the fault was set: the resource, its list, its absence', async () => {
  const list = `${group}/providers/Microsoft.Network/virtualNetworks`;
  const names = async () => arrayOf((await client.get(list)).body.value).map((one) => objectOf(one).name);
  const before = await client.put(network('vnet-s1'), vnet);
  const known = await names();
  const type = 'microsoft.network/VirtualNetworks';
  await fault({ type, stale: true, times: 0 });
  await client.put(network('vnet-s1'), { ...vnet, tags: { now: 'other' } });
  await client.put(network('vnet-s2'), vnet);
  expect((await client.get(network('vnet-s1'))).body).toEqual(before);
  expect((await client.get(network('vnet-s2'))).status).toBe(404);
  expect(await names()).toEqual(known);
  await control(simulator, 'DELETE', '/faults');
  expect((await client.get(network('vnet-s1'))).body.tags).toEqual({ now: 'other' });
  expect(await names()).toEqual([...known, 'vnet-s2']);
});

test('a fault is about a resource type where it names one', async () => {
  await fault({
    type: 'Microsoft.Network/networkWatchers',
    status: 429,
    code: 'TooManyRequests',
    retryAfterSeconds: 7,
  });
  expect((await client.get(network('vnet-a'))).status).toBe(200);
  const refused = await client.get(`/subscriptions/${subscriptionId}/providers/Microsoft.Network/networkWatchers`);
  expect(refused).toMatchObject({ status: 429, code: 'TooManyRequests' });
  expect(refused.headers.get('retry-after')).toBe('7');
});

test('a fault that lasts is removed by its id, all others together', async () => {
  const made = objectOf(await fault({ path: 'vnet-f4', times: 0, status: 500 }));
  await fault({ path: 'vnet-f5', times: 0, status: 500 });
  expect((await client.get(network('vnet-f4'))).status).toBe(500);
  expect(arrayOf(await control(simulator, 'GET', '/faults')).map((one) => objectOf(one).path)).toContain('vnet-f4');
  await control(simulator, 'DELETE', `/faults/${made.id}`);
  expect((await client.get(network('vnet-f4'))).status).toBe(404);
  expect((await client.get(network('vnet-f5'))).status).toBe(500);
  await control(simulator, 'DELETE', '/faults');
  expect((await client.get(network('vnet-f5'))).status).toBe(404);
});

test('a fault or switch that is not understood is refused with the reason', async () => {
  await expect(fault({ path: '(' })).rejects.toThrow('must be a regular expression');
  await expect(fault({ path: 'x', sometimes: true })).rejects.toThrow('sometimes');
  await expect(control(simulator, 'PUT', '/switches', { deletedVnet: 'explode' })).rejects.toThrow('deletedVnet');
});

test('the journal tells who asked what, and which requests only watched an operation', async () => {
  const since = Number((await journal()).at(-1)?.seq);
  const accepted = await client.send('PUT', network('vnet-j'), vnet, { 'x-ms-client-request-id': 'told' });
  await client.finish(accepted);
  const lines = await journal(since);
  expect(lines[0]).toMatchObject({
    method: 'PUT',
    path: network('vnet-j'),
    apiVersion: '2026-01-01',
    principalId: owner.principalId,
    status: 201,
    clientRequestId: 'told',
    operationPoll: false,
  });
  expect(lines.slice(1).every(({ operationPoll }) => operationPoll === true)).toBe(true);
  expect(lines.length).toBeGreaterThan(1);
});

test('everything is there again after a SIGKILL: resources, running operations, switches, tokens, the journal', async () => {
  const body = {
    location: 'westeurope',
    identity: { type: 'UserAssigned', userAssignedIdentities: { [identity('id-logs')]: {} } },
    properties: { targetResourceId: network('vnet-a'), storageId: storage('stwest'), enabled: true },
  };
  await control(simulator, 'PUT', '/switches', { deletedVnet: 'takeFlowLog' });
  const accepted = await client.send('PUT', flowLog('fl-kept'), body);
  expect(accepted.status).toBe(201);
  const before = await control(simulator, 'GET', '/resources');
  const written = (await journal()).length;
  await simulator.killAndRestart();
  const after = arrayOf(await control(simulator, 'GET', '/resources'));
  expect(after.map((one) => objectOf(one).id)).toEqual(arrayOf(before).map((one) => objectOf(one).id));
  expect(await client.finish(accepted)).toEqual({ status: 'Succeeded' });
  expect((await client.get(flowLog('fl-kept'))).body).toMatchObject({
    properties: { provisioningState: 'Succeeded', enabled: true },
  });
  expect(await control(simulator, 'GET', '/switches')).toMatchObject({ deletedVnet: 'takeFlowLog' });
  expect((await journal()).length).toBeGreaterThan(written);
  expect(await tokenOf(simulator, owner.clientId)).toBeTruthy();
});

test('the clock can be set forward, and what was due by then has happened', async () => {
  const accepted = await client.send('PUT', network('vnet-later'), vnet);
  await control(simulator, 'POST', '/clock', { advanceSeconds: 600 });
  const poll = await client.send('GET', accepted.headers.get('azure-asyncoperation') ?? '');
  expect(poll.body).toEqual({ status: 'Succeeded' });
  await simulator.killAndRestart();
  const { now } = objectOf(await control(simulator, 'GET', '/clock'));
  expect(Date.parse(String(now)) - Date.now()).toBeGreaterThan(500_000);
});

test('a clock that is stopped moves only when it is told to, also over a restart', async () => {
  await control(simulator, 'POST', '/clock', { frozen: true });
  const accepted = await client.send('PUT', network('vnet-frozen'), vnet);
  const poll = accepted.headers.get('azure-asyncoperation') ?? '';
  await simulator.killAndRestart();
  const { now } = objectOf(await control(simulator, 'GET', '/clock'));
  expect((await client.send('GET', poll)).body).toEqual({ status: 'InProgress' });
  expect(objectOf(await control(simulator, 'GET', '/clock')).now).toBe(now);
  const later = objectOf(await control(simulator, 'POST', '/clock', { advanceSeconds: 60 })).now;
  expect(Date.parse(String(later)) - Date.parse(String(now))).toBe(60_000);
  expect((await client.send('GET', poll)).body).toEqual({ status: 'Succeeded' });
  await control(simulator, 'POST', '/clock', { frozen: false });
});

test('the actions that a principal has asked for can be read, to measure its roles by', async () => {
  await client.get(network('vnet-a'));
  const asked = arrayOf(await control(simulator, 'GET', `/actions?principalId=${owner.principalId}`));
  const actions = asked.map((one) => objectOf(one).action);
  expect(actions).toContain('Microsoft.Network/virtualNetworks/read');
  expect(actions).not.toContain('Microsoft.Network/networkInterfaces/read');
});
