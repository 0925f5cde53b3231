import { describe, expect, test } from 'vitest';
import { identity, network } from '../arm/support/estate.ts';
import { networkId, type Opened, openStory } from './support/stories.ts';

const others = ['vnet-b', 'vnet-c', 'vnet-d'].map(network);
const identityId = identity('id-stwest');

/** A destination that has been ready for a while, with a log that uses it, and more networks. */
async function ready(): Promise<Opened> {
  const vnet = { location: 'westeurope', properties: { addressSpace: { addressPrefixes: ['10.9.0.0/16'] } } };
  const opened = openStory(
    'a new log',
    [],
    others.map((id) => ({ id, ...vnet })),
  );
  await opened.ask(networkId);
  await opened.rest();
  expect(await opened.state()).toEqual({ told: 'Compliant', enabled: true });
  await opened.minutes(5);
  return opened;
}

const looks = ({ calls }: Opened) => calls.filter((call) => call === 'planDestination').length;
const refusal = { method: 'PUT', path: '/flowLogs/', status: 403, code: 'LinkedAuthorizationFailed' };
const stateOf = async (opened: Opened) => (await opened.destinations())[0]?.state;

describe('a destination that a failing flow log names', () => {
  test('is used by nobody until it was looked at again', async () => {
    const opened = await ready();
    const before = looks(opened);
    opened.azure.fault({ ...refusal, times: 1 });
    for (const id of others) await opened.ask(id);
    await opened.rest();
    expect(await stateOf(opened)).toBe('ready');
    expect(looks(opened)).toBe(before + 1);
    // The others waited for the look, and were not refused.
    const told = await Promise.all(others.map(async (id) => (await opened.network(id))?.state));
    expect(told.sort()).toEqual(['Blocked', 'Compliant', 'Compliant']);
  });

  test('is looked at once, however many fail for it', async () => {
    const opened = await ready();
    const before = looks(opened);
    opened.azure.fault({ ...refusal, times: 0 });
    for (const id of others) await opened.ask(id);
    await opened.rest();
    expect(looks(opened)).toBe(before + 1);
    for (const id of others) expect(await opened.network(id)).toMatchObject({ state: 'Blocked', because: 'parked' });
  });

  test('is made anew where its identity is gone, and every log is bound to the new one', async () => {
    const opened = await ready();
    const deleted = opened.azure.send('DELETE', `${identityId}?api-version=2024-11-30`);
    expect(deleted.status).toBe(200);
    await opened.ask(others[0] ?? '');
    await opened.rest();
    expect(await opened.network(others[0] ?? '')).toMatchObject({ state: 'Compliant', problem: null });
    expect(await opened.state()).toEqual({ told: 'Compliant', enabled: true });
    const now = (await opened.destinations())[0]?.principalId;
    const bound = opened.azure.world.store
      .list('Microsoft.Network/networkWatchers/flowLogs')
      .flatMap(({ body }) => Object.values(Object(body.identity?.userAssignedIdentities)));
    expect(bound).toHaveLength(2);
    for (const one of bound) expect(one).toMatchObject({ principalId: now });
    expect(await opened.check()).toEqual([]);
  });
});
