import { expect, test } from 'vitest';
import { type JsonObject, objectOf } from '../../infra/local/arm/core/json.ts';
import type { Switches } from '../../infra/local/arm/core/switches.ts';
import type { Estate } from '../../infra/local/arm/estate.ts';
import { blobNameOf } from '../../infra/local/arm/flow-log-delivery/block.ts';
import {
  assignment,
  estate,
  flowLog,
  identity,
  network,
  otherSubscriptionId,
  owner,
  roles,
  storage,
  stranger,
  subscriptionId,
} from './support/estate.ts';
import { startInProcess } from './support/in-process.ts';
import { interfaceIn } from './support/machines.ts';

const versions: readonly (readonly [RegExp, string])[] = [
  [/\/locks\//, '2020-05-01'],
  [/\/roleAssignments\//, '2022-04-01'],
  [/Microsoft\.ManagedIdentity/, '2024-11-30'],
];

function scene(switches: Partial<Switches> = {}, changed: Partial<Estate> = {}) {
  const simulator = startInProcess({ ...estate, ...changed }, { switches });
  const send = (method: string, path: string, body?: JsonObject, sender = owner) => {
    const version = versions.find(([pattern]) => pattern.test(path))?.[1] ?? '2026-01-01';
    const { status, body: answer } = simulator.send(method, `${path}?api-version=${version}`, body, sender);
    simulator.pass(30);
    return { status, code: objectOf(objectOf(answer).error).code };
  };
  return { ...simulator, send };
}

const log = (targetResourceId = network('vnet-a'), storageId = storage('stwest')) => ({
  location: 'westeurope',
  identity: { type: 'UserAssigned', userAssignedIdentities: { [identity('id-logs')]: {} } },
  properties: { targetResourceId, storageId, enabled: true },
});

test('a storage account in another tenant cannot be referred to', () => {
  const account = `/subscriptions/${otherSubscriptionId}/resourceGroups/rg-other/providers/Microsoft.Storage/storageAccounts/stforeign`;
  const subscriptions = estate.subscriptions.map((one) =>
    one.subscriptionId === otherSubscriptionId ? { ...one, tenantId: '11111111-0000-4000-8000-000000000099' } : one,
  );
  const resources = [...estate.resources, { id: account, location: 'westeurope', sku: { name: 'Standard_LRS' } }];
  const foreign = scene({}, { subscriptions, resources });
  const refused = foreign.send('PUT', flowLog('fl'), log(network('vnet-a'), account));
  expect(refused).toEqual({ status: 403, code: 'LinkedAuthorizationFailed' });
  expect(scene({}, { resources }).send('PUT', flowLog('fl'), log(network('vnet-a'), account)).status).toBe(201);
});

test.each([
  ['refuse', 400, 'PropertyChangeNotAllowed'],
  ['accept', 200, undefined],
] as const)('another target for a flow log: %s', (retargetedFlowLog, status, code) => {
  const { send } = scene({ retargetedFlowLog });
  send('PUT', network('vnet-b'), { location: 'westeurope', properties: {} });
  send('PUT', flowLog('fl'), log());
  expect(send('PUT', flowLog('fl'), log(network('vnet-b')))).toEqual({ status, code });
  const same = status === 200 ? network('vnet-b') : network('vnet-a');
  expect(send('PUT', flowLog('fl'), log(same.toUpperCase())).status).toBe(200);
});

test.each([
  ['notNeeded', 201, undefined],
  ['needed', 403, 'LinkedAuthorizationFailed'],
] as const)(
  "the account's keys are rights that a flow log's writer has to have: %s",
  (storageKeyActions, status, code) => {
    const scope = `/subscriptions/${subscriptionId}`;
    const granted = [roles.networkContributor, roles.identityOperator];
    const resources = [
      ...estate.resources,
      ...granted.map((role, index) => assignment(scope, stranger.principalId, role, 30 + index)),
    ];
    const { send } = scene({ storageKeyActions }, { resources });
    expect(send('PUT', flowLog('fl'), log(), stranger)).toEqual({ status, code });
  },
);

test('locks reach further than one would think: grants on the account, logs in the group of the watcher', () => {
  const { send } = scene();
  const grant = `${storage('stwest')}/providers/Microsoft.Authorization/roleAssignments/99999999-0000-4000-8000-000000000066`;
  const role = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roles.blobContributor}`;
  const granted = {
    properties: { roleDefinitionId: role, principalId: stranger.principalId, principalType: 'ServicePrincipal' },
  };
  const lockOn = (scope: string, level: string) =>
    send('PUT', `${scope}/providers/Microsoft.Authorization/locks/keep`, { properties: { level } });
  const unlock = (scope: string) => send('DELETE', `${scope}/providers/Microsoft.Authorization/locks/keep`);

  lockOn(storage('stwest'), 'ReadOnly');
  expect(send('PUT', grant, granted)).toEqual({ status: 409, code: 'ScopeLocked' });
  unlock(storage('stwest'));
  expect(send('PUT', grant, granted).status).toBe(201);
  lockOn(storage('stwest'), 'CanNotDelete');
  expect(send('DELETE', grant)).toEqual({ status: 409, code: 'ScopeLocked' });

  send('PUT', flowLog('fl'), log());
  const group = `/subscriptions/${subscriptionId}/resourceGroups/NetworkWatcherRG`;
  lockOn(group, 'CanNotDelete');
  expect(send('PUT', flowLog('fl'), log()).status).toBe(200);
  expect(send('DELETE', flowLog('fl'))).toEqual({ status: 409, code: 'ScopeLocked' });
  lockOn(group, 'ReadOnly');
  expect(send('PUT', flowLog('fl'), log())).toEqual({ status: 409, code: 'ScopeLocked' });
  unlock(group);
  expect(send('DELETE', flowLog('fl')).status).toBe(202);
});

test.each([
  ['plain', owner.principalId.replaceAll('-', '')],
  ['dashed', owner.principalId],
] as const)('the ids of the evidence in an event: %s', (evidenceIds, principalId) => {
  const id = `/subscriptions/${subscriptionId}/providers/Microsoft.EventGrid/eventSubscriptions/all`;
  const destination = { endpointType: 'WebHook', properties: { endpointUrl: 'http://127.0.0.1:9/' } };
  const { send, world } = scene(
    { evidenceIds },
    { resources: [...estate.resources, { id, properties: { destination } }] },
  );
  send('PUT', identity('id-new'), { location: 'westeurope' });
  const [delivery] = [...world.store.deliveries.values()];
  expect(objectOf(objectOf(delivery?.event.data).authorization).evidence).toMatchObject({ principalId });
});

test('flow logs write where one page of the documentation says, or where the other does', () => {
  const { send, world } = scene();
  send('PUT', flowLog('fl-a'), log());
  const written = world.store.get(flowLog('fl-a'))?.body;
  if (written === undefined) throw new Error('There is no flow log.');
  const nic = { ...interfaceIn('vnet-a', 'nic-a'), name: 'nic-a', type: 'Microsoft.Network/networkInterfaces' };
  const at = Date.parse('2026-03-04T05:06:07Z');
  const hour = /\/y=2026\/m=03\/d=04\/h=05\/m=00\/macAddress=000D3A[0-9A-F]{6}\/PT1H\.json$/;
  const joined = blobNameOf(written, nic, at, 'joined');
  expect(joined).toMatch(hour);
  expect(joined.replace(hour, '')).toBe(
    `flowLogResourceID=/${subscriptionId.toUpperCase()}_NETWORKWATCHERRG/NETWORKWATCHER_WESTEUROPE_FL-A`,
  );
  expect(blobNameOf(written, nic, at, 'resourceId').replace(hour, '')).toBe(
    `flowLogResourceID=${flowLog('fl-a').toUpperCase()}`,
  );
});
