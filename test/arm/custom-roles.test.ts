import { beforeEach, expect, test } from 'vitest';
import { objectOf } from '../../infra/local/arm/core/json.ts';
import { assignment, estate, network, otherSubscriptionId, owner, stranger, subscriptionId } from './support/estate.ts';
import { startInProcess } from './support/in-process.ts';

const version = 'api-version=2022-04-01';
const guid = '99999999-0000-4000-8000-000000000001';
const idOf = (name: string) =>
  `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${name}`;
const role = (actions: readonly string[], rest = {}) => ({
  properties: {
    roleName: 'Network Looker',
    type: 'CustomRole',
    assignableScopes: [`/subscriptions/${subscriptionId}`],
    permissions: [{ actions }],
    ...rest,
  },
});
const reading = ['Microsoft.Network/virtualNetworks/read'];

let simulator: ReturnType<typeof startInProcess>;
beforeEach(() => {
  simulator = startInProcess({
    ...estate,
    resources: [...estate.resources, assignment(network('vnet-a'), stranger.principalId, guid, 9)],
  });
});

const put = (name: string, body: ReturnType<typeof role>, sender = owner) =>
  simulator.send('PUT', `${idOf(name)}?${version}`, body, sender);
const look = () => simulator.send('GET', `${network('vnet-a')}?api-version=2026-01-01`, undefined, stranger).status;
const codeOf = (answer: ReturnType<typeof put>) => [answer.status, objectOf(objectOf(answer.body).error).code];

test('a custom role gives what it says from the moment it is written, and takes what it no longer says', () => {
  expect(look()).toBe(403);
  expect(put(guid, role(reading)).status).toBe(201);
  expect(look()).toBe(200);
  expect(put(guid, role(['Microsoft.Network/networkWatchers/read'])).status).toBe(201);
  expect(look()).toBe(403);
});

test('it is shown and listed like any other', () => {
  put(guid, role(reading));
  const shown = simulator.send('GET', `${idOf(guid)}?${version}`);
  expect(shown.body).toMatchObject({ name: guid, properties: { roleName: 'Network Looker', type: 'CustomRole' } });
  const filter = encodeURIComponent("roleName eq 'Network Looker'");
  const listed = simulator.send('GET', `${idOf('')}?${version}&$filter=${filter}`.replace('/?', '?'));
  expect(listed.body).toEqual({ value: [shown.body] });
});

test('its name is unique in the tenant, and its actions look like actions', () => {
  put(guid, role(reading));
  const twin = put('99999999-0000-4000-8000-000000000002', role(reading));
  expect(codeOf(twin)).toEqual([409, 'RoleDefinitionWithSameNameExists']);
  expect(codeOf(put(guid, role(['read everything'])))).toEqual([400, 'InvalidActionOrNotAction']);
});

test('it is written only by who may do so at every scope where it can be assigned', () => {
  expect(codeOf(put(guid, role(reading), stranger))).toEqual([403, 'AuthorizationFailed']);
  const elsewhere = role(reading, { assignableScopes: ['/subscriptions/0f0f0f0f-0000-4000-8000-000000000000'] });
  expect(codeOf(put(guid, elsewhere))).toEqual([403, 'LinkedAuthorizationFailed']);
  const both = [subscriptionId, otherSubscriptionId].map((id) => `/subscriptions/${id}`);
  expect(put(guid, role(reading, { assignableScopes: both })).status).toBe(201);
});

test('it goes only when nobody is assigned to it any more', () => {
  put(guid, role(reading));
  const remove = () => simulator.send('DELETE', `${idOf(guid)}?${version}`);
  expect(codeOf(remove())).toEqual([400, 'RoleDefinitionHasAssignments']);
  const { id } = assignment(network('vnet-a'), stranger.principalId, guid, 9);
  simulator.send('DELETE', `${id}?${version}`);
  expect(remove().status).toBe(200);
  expect(remove().status).toBe(204);
});
