import { expect, test } from 'vitest';
import { objectOf } from '../../infra/local/arm/core/json.ts';
import { readEstate } from '../../infra/local/arm/estate.ts';
import { growEstate } from '../../infra/local/arm/grow-estate.ts';
import { estate as small } from './support/estate.ts';
import { startInProcess } from './support/in-process.ts';

const example = readEstate('infra/local/example/estate.json');
const types = (estate: { readonly resources: readonly { readonly id: string }[] }, type: string) =>
  estate.resources.filter(({ id }) => id.split('/').at(-2) === type);

test('an estate grows by so many networks, the same for the same seed and another for another', () => {
  const grown = growEstate(example, 1_500, 7);
  expect(types(grown, 'virtualNetworks')).toHaveLength(types(example, 'virtualNetworks').length + 1_500);
  expect(grown.subscriptions).toHaveLength(example.subscriptions.length + 2);
  expect(growEstate(example, 1_500, 7)).toEqual(grown);
  expect(growEstate(example, 1_500, 8)).not.toEqual(grown);
  expect(new Set(grown.resources.map(({ id }) => id.toLowerCase())).size).toBe(grown.resources.length);
});

test('most of the networks have a flow log that is theirs, some a disabled one, some none; or all have one', () => {
  const { world } = startInProcess(growEstate(example, 1_500, 7));
  const type = 'Microsoft.Network/networkWatchers/flowLogs';
  const logs = world.store
    .list(type)
    .filter(({ body }) => body.name.endsWith('-flowlog') && /vnet-\d{4}-/.test(body.name));
  const disabled = logs.filter(({ body }) => body.properties.enabled === false);
  expect(logs.length).toBeGreaterThan(1_400);
  expect(logs.length).toBeLessThan(1_500);
  expect(disabled.length).toBeGreaterThan(5);
  const whole = growEstate(example, 1_500, 7, 0).resources as readonly {
    id: string;
    properties?: { enabled?: unknown };
  }[];
  const allLogs = whole.filter(({ id }) => /\/flowLogs\/vnet-\d{4}-flowlog$/.test(id));
  expect(allLogs.filter(({ properties }) => properties?.enabled === true)).toHaveLength(1_500);
  for (const { body } of logs) {
    const network = world.store.get(String(body.properties.targetResourceId))?.body;
    expect(network?.location).toBe(body.location);
    expect(body.properties.targetResourceGuid).toBe(network?.properties.resourceGuid);
    expect(Object.values(objectOf(body.identity?.userAssignedIdentities))).toMatchObject([
      { principalId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    ]);
  }
});

test('who has a role on the first subscription has it on the new ones', () => {
  const grown = growEstate(small, 10, 1);
  const { send } = startInProcess(grown);
  const path = `/subscriptions/${grown.subscriptions.at(-1)?.subscriptionId}/providers/Microsoft.Network/virtualNetworks`;
  expect(objectOf(send('GET', `${path}?api-version=2026-01-01`).body).value).toHaveLength(10);
});
