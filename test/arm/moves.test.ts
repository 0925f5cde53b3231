import { expect, test } from 'vitest';
import { arrayOf, type Json, type JsonObject, objectOf } from '../../infra/local/arm/core/json.ts';
import { endDueOperations } from '../../infra/local/arm/core/operations.ts';
import {
  estate,
  flowLog,
  group,
  identity,
  network,
  otherSubscriptionId,
  storage,
  subscriptionId,
} from './support/estate.ts';
import { startInProcess } from './support/in-process.ts';
import { interfaceIn, networkWithSubnet } from './support/machines.ts';

const otherGroup = `/subscriptions/${otherSubscriptionId}/resourceGroups/rg-other`;
const moved = `${otherGroup}/providers/Microsoft.Network/virtualNetworks/vnet-move`;
const versions = { network: '2026-01-01', groups: '2025-04-01' };

function scene(resources: readonly { readonly id: string }[] = []) {
  const subscription = {
    id: `/subscriptions/${subscriptionId}/providers/Microsoft.EventGrid/eventSubscriptions/all`,
    properties: { destination: { endpointType: 'WebHook', properties: { endpointUrl: 'http://127.0.0.1:9/' } } },
  };
  const given = [...estate.resources, networkWithSubnet('vnet-move'), subscription, ...resources];
  const simulator = startInProcess({ ...estate, resources: given });
  const settle = () => {
    simulator.pass(600);
    endDueOperations(simulator.world);
  };
  const move = (targetResourceGroup = otherGroup, verb = 'moveResources') =>
    simulator.send('POST', `${group}/${verb}?api-version=${versions.groups}`, {
      resources: [network('vnet-move')],
      targetResourceGroup,
    });
  const get = (id: string) => simulator.send('GET', `${id}?api-version=${versions.network}`);
  const put = (id: string, body: JsonObject) => {
    const answer = simulator.send('PUT', `${id}?api-version=${versions.network}`, body);
    if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
    settle();
  };
  const events = () => [...simulator.world.store.deliveries.values()].map(({ event }) => event);
  return { ...simulator, settle, move, get, put, events };
}

const log = (targetResourceId: string) => ({
  location: 'westeurope',
  identity: { type: 'UserAssigned', userAssignedIdentities: { [identity('id-logs')]: {} } },
  properties: { targetResourceId, storageId: storage('stwest'), enabled: true },
});

test('a network moves to another subscription with its subnets and guid, and one event tells it of the group that it left', () => {
  const { move, get, settle, events, send } = scene();
  const guid = propertiesOf(get(network('vnet-move')).body).resourceGuid;
  const accepted = move();
  expect(accepted.status).toBe(202);
  expect(send('GET', accepted.headers.Location ?? '').status).toBe(202);
  expect(get(network('vnet-move')).status).toBe(200);
  settle();
  expect(send('GET', accepted.headers.Location ?? '').status).toBe(200);
  expect(get(network('vnet-move')).status).toBe(404);
  const { body } = get(moved);
  expect(body).toMatchObject({ id: moved, properties: { resourceGuid: guid } });
  expect(arrayOf(propertiesOf(body).subnets).map((subnet) => objectOf(subnet).id)).toEqual([
    `${moved}/subnets/default`,
  ]);
  expect(events()).toMatchObject([
    {
      subject: group,
      eventType: 'Microsoft.Resources.ResourceActionSuccess',
      data: { operationName: 'Microsoft.Resources/subscriptions/resourceGroups/moveResources/action' },
    },
  ]);
});

test('a network with a flow log, on itself or on a subnet, stays in its subscription until the log is deleted', () => {
  const { move, get, put, settle, send } = scene();
  put(flowLog('fl-net'), log(network('vnet-move')));
  put(flowLog('fl-subnet'), log(`${network('vnet-move')}/subnets/default`));
  for (const name of ['fl-net', 'fl-subnet']) {
    const refused = move();
    expect(refused.status).toBe(409);
    expect(objectOf(objectOf(refused.body).error)).toMatchObject({ code: 'ResourceMoveProviderValidationFailed' });
    expect(move(otherGroup, 'validateMoveResources').status).toBe(409);
    send('DELETE', `${flowLog(name)}?api-version=${versions.network}`);
    settle();
  }
  expect(move(otherGroup, 'validateMoveResources').status).toBe(204);
  expect(get(network('vnet-move')).status).toBe(200);
  expect(move().status).toBe(202);
});

test('what is being moved cannot be written, and what would be torn apart is not moved', () => {
  const { move, send } = scene();
  move();
  const body = { location: 'westeurope', properties: {} };
  const written = send('PUT', `${network('vnet-move')}?api-version=${versions.network}`, body);
  expect([409, 429]).toContain(written.status);

  const attached = scene([interfaceIn('vnet-move', 'nic-move')]);
  expect(attached.move().status).toBe(409);
  const nowhere = scene().move(`/subscriptions/${subscriptionId}/resourceGroups/rg-none`);
  expect(objectOf(objectOf(nowhere.body).error).code).toBe('ResourceGroupNotFound');
});

function propertiesOf(body: Json | undefined): JsonObject {
  return objectOf(objectOf(body).properties);
}
