import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sameId } from '../../shared/resource-id.ts';
import { openScene, type Scene, untilState } from './support/scene.ts';

const platform = '3e9b5c74-8a2d-4daf-9c63-2f7d9e4a3003';
const given = `/subscriptions/${platform}/resourceGroups/rg-flowkeeper/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-by-hand`;

describe('rules, each for its region', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene((policy) => {
      const [rule] = policy.rules;
      const of = (location: string, change: object) => ({
        ...rule,
        name: location,
        match: { locations: [location] },
        destination: { [location]: rule?.destination[location] ?? '' },
        identity: rule?.identity,
        ...change,
      });
      return {
        ...policy,
        rules: [
          of('westeurope', { identity: { kind: 'given', identityId: { westeurope: given } } }),
          of('northeurope', { identity: { kind: 'none' } }),
          of('uksouth', { networkWatcher: 'require' }),
          of('germanywestcentral', { existing: 'report' }),
        ],
      };
    });
    const switches = { method: 'PUT', body: JSON.stringify({ watcherAutoCreation: 'off' }) };
    await fetch(`${scene.environment().controlUrl}/switches`, switches);
  });
  afterAll(() => scene.close());

  const identities = async () => scene.resources('Microsoft.ManagedIdentity/userAssignedIdentities');

  it('a given identity that is not there is not made: the network is blocked, and says who must act', async () => {
    const before = (await identities()).length;
    await scene.createNetwork('vnet-given', 'westeurope');
    expect(await untilState(scene, 'vnet-given', 'Blocked')).toMatchObject({
      problem: { code: 'IdentityNotFound', actor: 'operator' },
    });
    expect(await identities()).toHaveLength(before);
  });

  it('a given identity that is there gets the right to write, and the log is bound to it', async () => {
    const { userAssignedIdentities } = scene.operator.identities(platform);
    await userAssignedIdentities.createOrUpdate('rg-flowkeeper', 'id-by-hand', { location: 'westeurope' });
    const told = await scene.told('vnet-given');
    await scene.post('/api/remediations', { networks: [told?.id] });
    await untilState(scene, 'vnet-given', 'Compliant');
    const [flowLog] = await scene.flowLogsOf(told?.id ?? '');
    expect(Object.keys(flowLog?.identity?.userAssignedIdentities ?? {}).map((id) => sameId(id, given))).toEqual([true]);
  });

  it('a log without identity is made without one, and no identity beside it', async () => {
    const before = (await identities()).length;
    const id = await scene.createNetwork('vnet-none', 'northeurope');
    await untilState(scene, 'vnet-none', 'Compliant');
    const [flowLog] = await scene.flowLogsOf(id);
    expect(flowLog?.identity?.userAssignedIdentities ?? {}).toEqual({});
    expect(await identities()).toHaveLength(before);
  });

  it('a network watcher that is required is not made', async () => {
    await scene.createNetwork('vnet-watched', 'uksouth');
    expect(await untilState(scene, 'vnet-watched', 'Blocked')).toMatchObject({ problem: { code: 'NoNetworkWatcher' } });
    const watchers = await scene.resources('Microsoft.Network/networkWatchers');
    expect(watchers.filter(({ location }) => location === 'uksouth')).toEqual([]);
  });

  it("somebody else's log is reported with its drifts, and left alone", async () => {
    const { id: subscriptionId } = scene.subscription;
    const network = scene.operator.network(subscriptionId);
    const watcher = await network.networkWatchers.createOrUpdate('NetworkWatcherRG', 'watcher-by-hand', {
      location: 'germanywestcentral',
    });
    const { body } = await scene.call('/api/policy');
    const off = await scene.call('/api/policy', {
      method: 'PUT',
      body: JSON.stringify({ ...(body as object), mode: 'off' }),
    });
    expect(off.status).toBe(200);
    const id = await scene.createNetwork('vnet-foreign', 'germanywestcentral');
    const account = scene.environment().destinations.find(({ location }) => location === 'germanywestcentral');
    await network.flowLogs.createOrUpdate('NetworkWatcherRG', watcher.name ?? '', 'log-by-hand', {
      location: 'germanywestcentral',
      targetResourceId: id,
      storageId: account?.storageAccountId ?? '',
      enabled: false,
    });
    await scene.call('/api/policy', { method: 'PUT', body: JSON.stringify(body) });
    const told = await untilState(scene, 'vnet-foreign', 'NonCompliant');
    expect(told).toMatchObject({ because: 'report' });
    expect(told.drifts.map(({ check }) => check)).toEqual(['disabled', 'identityMissing']);
    expect(await scene.flowLogsOf(id)).toMatchObject([{ enabled: false, name: 'log-by-hand' }]);
  });
});
