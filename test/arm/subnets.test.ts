import { expect, test } from 'vitest';
import { arrayOf, type JsonObject, objectOf } from '../../infra/local/arm/core/json.ts';
import { endDueOperations } from '../../infra/local/arm/core/operations.ts';
import { estate, flowLog, identity, network, storage, subscriptionId } from './support/estate.ts';
import { startInProcess } from './support/in-process.ts';
import { interfaceIn, networkWithSubnet, subnet } from './support/machines.ts';

const second = `${network('vnet-s')}/subnets/second`;
const properties = { addressPrefix: '10.0.1.0/24' };

function scene() {
  const events = {
    id: `/subscriptions/${subscriptionId}/providers/Microsoft.EventGrid/eventSubscriptions/all`,
    properties: { destination: { endpointType: 'WebHook', properties: { endpointUrl: 'http://127.0.0.1:9/' } } },
  };
  const resources = [...estate.resources, networkWithSubnet('vnet-s'), interfaceIn('vnet-s', 'nic-s'), events];
  const simulator = startInProcess({ ...estate, resources });
  const send = (method: string, path: string, body?: JsonObject) => {
    const { status, headers, body: answer } = simulator.send(method, `${path}?api-version=2026-01-01`, body);
    return { status, headers, body: objectOf(answer), code: objectOf(objectOf(answer).error).code };
  };
  const settle = () => {
    simulator.pass(60);
    endDueOperations(simulator.world);
  };
  const networkNow = () => objectOf(send('GET', network('vnet-s')).body.properties);
  const names = () => arrayOf(networkNow().subnets).map((one) => objectOf(one).name);
  const told = () =>
    [...simulator.world.store.deliveries.values()].map(({ event }) => objectOf(event.data).operationName);
  return { send, settle, networkNow, names, told };
}

test('a subnet is written on its own, and its network is Updating meanwhile', () => {
  const { send, settle, networkNow, names, told } = scene();
  const etag = send('GET', network('vnet-s')).body.etag;
  expect(send('PUT', second, { properties }).status).toBe(201);
  expect(networkNow().provisioningState).toBe('Updating');
  expect(send('GET', second).body.properties).toMatchObject({ ...properties, provisioningState: 'Updating' });
  settle();
  expect(networkNow().provisioningState).toBe('Succeeded');
  expect(names()).toEqual(['default', 'second']);
  expect(send('GET', network('vnet-s')).body.etag).not.toBe(etag);
  expect(told()).toEqual(['Microsoft.Network/virtualNetworks/subnets/write']);

  expect(send('PUT', second, { properties: { addressPrefix: '10.0.2.0/24' } }).status).toBe(200);
  settle();
  expect(send('GET', second).body.properties).toMatchObject({ addressPrefix: '10.0.2.0/24' });
  expect(send('DELETE', second).status).toBe(202);
  settle();
  expect(names()).toEqual(['default']);
  expect(send('GET', second).status).toBe(404);
  expect(networkNow().provisioningState).toBe('Succeeded');
});

test('while a subnet is written, its network is written by nobody else, and gets no flow log', () => {
  const { send, settle } = scene();
  send('PUT', second, { properties });
  expect(send('PUT', `${network('vnet-s')}/subnets/third`, { properties }).status).toBe(409);
  expect(send('PUT', network('vnet-s'), { location: 'westeurope', properties: {} }).status).toBe(429);
  const log = {
    location: 'westeurope',
    identity: { type: 'UserAssigned', userAssignedIdentities: { [identity('id-logs')]: {} } },
    properties: { targetResourceId: network('vnet-s'), storageId: storage('stwest'), enabled: true },
  };
  expect(send('PUT', flowLog('fl'), log)).toMatchObject({ status: 429, code: 'RetryableError' });
  settle();
  expect(send('PUT', flowLog('fl'), log).status).toBe(201);
});

test('a subnet that is in use, or of a network that is not there, is refused', () => {
  const { send } = scene();
  expect(send('DELETE', subnet('vnet-s'))).toMatchObject({ status: 400, code: 'InUseSubnetCannotBeDeleted' });
  expect(send('PUT', `${network('vnet-none')}/subnets/a`, { properties })).toMatchObject({
    status: 404,
    code: 'ParentResourceNotFound',
  });
});
