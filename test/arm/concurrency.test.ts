import { beforeEach, expect, test } from 'vitest';
import type { ArmResponse } from '../../infra/local/arm/core/exchange.ts';
import { type Json, objectOf } from '../../infra/local/arm/core/json.ts';
import { estate, flowLog, identity, network, storage } from './support/estate.ts';
import { startInProcess } from './support/in-process.ts';

// What happens while an operation runs: on a clock that the test moves, so that nothing depends on the machine's speed.
let simulator: ReturnType<typeof startInProcess>;
const version = '?api-version=2026-01-01';
const addressSpace = { addressPrefixes: ['10.3.0.0/16'] };
const vnet = (rest: Record<string, Json> = {}) => ({ location: 'westeurope', properties: { addressSpace }, ...rest });
const log = (target = network('vnet-a'), properties: Record<string, Json> = {}) => ({
  location: 'westeurope',
  properties: { targetResourceId: target, storageId: storage('stwest'), enabled: true, ...properties },
});
const put = (id: string, body: Json) => simulator.send('PUT', `${id}${version}`, body);
const errorOf = ({ body }: ArmResponse) => objectOf(objectOf(body).error);
const poll = ({ headers }: ArmResponse) => simulator.send('GET', headers['Azure-AsyncOperation'] ?? '');

beforeEach(() => {
  simulator = startInProcess(estate);
});

test('a network that is still being written cannot get a flow log yet', () => {
  const writing = put(network('vnet-a'), vnet({ tags: { now: 'writing' } }));
  expect(writing.body).toMatchObject({ properties: { provisioningState: 'Updating' } });
  const early = put(flowLog('fl'), log());
  expect(early.status).toBe(429);
  expect(errorOf(early)).toMatchObject({
    code: 'RetryableError',
    details: [{ code: 'ReferencedResourceNotProvisioned' }],
  });
  expect(early.headers['Retry-After']).toBe('1');
  simulator.pass(1);
  expect(put(flowLog('fl'), log()).status).toBe(201);
});

test('a second write of a flow log, or of its network, has to wait for the first', () => {
  put(flowLog('fl'), log());
  const again = put(flowLog('fl'), log(network('vnet-a'), { enabled: false }));
  expect(again.status).toBe(409);
  expect(again.headers['x-ms-error-code']).toBe('AnotherOperationInProgress');
  const written = put(network('vnet-a'), vnet());
  expect(written.status).toBe(429);
  expect(errorOf(written)).toMatchObject({ code: 'RetryableErrorDueToAnotherOperation' });
  expect(simulator.send('DELETE', `${network('vnet-a')}${version}`).status).toBe(429);
  simulator.world.switches = { ...simulator.world.switches, writeOfLoggedTarget: 'accept' };
  expect(put(network('vnet-a'), vnet()).status).toBe(200);
  simulator.pass(3);
  expect(put(flowLog('fl'), log(network('vnet-a'), { enabled: false })).status).toBe(200);
});

test('two flow logs for one target at once: the second is told to wait, and afterwards that there is one', () => {
  put(flowLog('fl'), log());
  expect(put(flowLog('fl-two'), log()).status).toBe(400);
  simulator.pass(3);
  expect(errorOf(put(flowLog('fl-two'), log()))).toMatchObject({
    code: 'CannotCreateMoreThanOneFlowLogPerTargetResource',
  });
});

test('a newer write of a network replaces the one that is running', () => {
  const first = put(network('vnet-twice'), vnet());
  const second = put(network('vnet-twice'), vnet({ tags: { second: 'yes' } }));
  expect(second.status).toBe(200);
  expect(poll(first).body).toMatchObject({
    status: 'Canceled',
    error: { code: 'CanceledAndSupersededDueToAnotherOperation' },
  });
  expect(poll(second).body).toEqual({ status: 'InProgress' });
  simulator.pass(2);
  expect(poll(second).body).toEqual({ status: 'Succeeded' });
});

test('tags cannot be changed while the resource is being written, and changing them mends nothing', () => {
  put(network('vnet-tagged'), vnet());
  const patch = () => simulator.send('PATCH', `${network('vnet-tagged')}${version}`, { tags: { a: 'b' } });
  expect(patch().status).toBe(409);
  simulator.pass(2);
  expect(patch().status).toBe(200);
  put(flowLog('fl'), {
    ...log(network('vnet-tagged')),
    identity: { type: 'UserAssigned', userAssignedIdentities: { [identity('id-logs')]: {} } },
  });
  simulator.world.store.remove(identity('id-logs'));
  simulator.pass(3);
  const tagged = simulator.send('PATCH', `${flowLog('fl')}${version}`, { tags: { a: 'b' } });
  expect(tagged).toMatchObject({
    status: 200,
    body: { tags: { a: 'b' }, properties: { provisioningState: 'Failed' } },
  });
});

test('a delete answers 202 with both poll URLs; the results end with 204, and a second delete is 204 at once', () => {
  put(flowLog('fl'), log());
  simulator.pass(3);
  const deleted = simulator.send('DELETE', `${flowLog('fl')}${version}`);
  expect(deleted.status).toBe(202);
  expect(simulator.send('GET', `${flowLog('fl')}${version}`).body).toMatchObject({
    properties: { provisioningState: 'Deleting' },
  });
  const results = () => simulator.send('GET', deleted.headers.Location ?? '');
  expect(results()).toMatchObject({ status: 202, headers: { 'Retry-After': '1' } });
  simulator.pass(3);
  expect(poll(deleted).body).toEqual({ status: 'Succeeded' });
  expect(results().status).toBe(204);
  expect(simulator.send('GET', `${flowLog('fl')}${version}`).status).toBe(404);
  expect(simulator.send('DELETE', `${flowLog('fl')}${version}`).status).toBe(204);
});

test('parallel creates in one watcher fail now and then, when the switch says so', () => {
  simulator.world.switches = { ...simulator.world.switches, parallelCreates: 'sporadic500' };
  const names = Array.from({ length: 12 }, (_, index) => `parallel-${index}`);
  for (const name of names) put(network(name), vnet());
  simulator.pass(2);
  const statuses = names.map((name) => put(flowLog(name), log(network(name))).status);
  expect(statuses[0]).toBe(201);
  expect(new Set(statuses)).toEqual(new Set([201, 500]));
});

test('an operation is forgotten an hour after its end, and nothing before', () => {
  const made = put(network('vnet-old'), vnet());
  simulator.pass(3_500);
  expect(poll(made).status).toBe(200);
  simulator.pass(200);
  expect(poll(made).status).toBe(404);
  expect(simulator.world.store.operations.size).toBe(0);
});

test('many operations do not pile up: the ten thousand that ended last can be watched', () => {
  for (let count = 0; count < 11_000; count += 1) {
    put(network('vnet-busy'), vnet());
    simulator.pass(0.31);
  }
  const last = put(network('vnet-busy'), vnet());
  simulator.pass(1);
  expect(poll(last).body).toEqual({ status: 'Succeeded' });
  expect(simulator.world.store.operations.size).toBe(10_000);
});

test('Resource Graph may be behind by as much as the switch says', () => {
  const names = () => {
    const query = "resources | where name startswith 'vnet-stale' | project name";
    const { body } = simulator.send('POST', '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01', {
      query,
    });
    return objectOf(body).count;
  };
  simulator.world.switches = { ...simulator.world.switches, graphStalenessSeconds: 30 };
  expect(names()).toBe(0);
  put(network('vnet-stale'), vnet());
  simulator.pass(29);
  expect(names()).toBe(0);
  simulator.pass(2);
  expect(names()).toBe(1);
});
