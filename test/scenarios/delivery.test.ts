import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { networkKey, networkRecord } from '../../shared/records/network-record.ts';
import { tableRows } from '../../shared/records/table-rows.ts';
import { startMachine } from './support/machines.ts';
import { eventually, isBlobGrant, openScene, type Scene, untilState } from './support/scene.ts';
import { sweep } from './support/sweep.ts';

describe('whether flow logs arrive', () => {
  let scene: Scene;
  const ids = new Map<string, string>();
  beforeAll(async () => {
    scene = await openScene((policy) => policy, { armArgs: ['--flow-log-seconds', '1'] });
    for (const [name, location] of [
      ['vnet-busy', 'westeurope'],
      ['vnet-idle', 'westeurope'],
      ['vnet-mute', 'northeurope'],
    ] as const)
      ids.set(name, await scene.createNetwork(name, location));
    for (const name of ids.keys()) await untilState(scene, name, 'Compliant');
  });
  afterAll(() => scene.close());

  const recordsOfNetworks = () => {
    const { storageConnectionString } = scene.environment();
    const table = TableClient.fromConnectionString(storageConnectionString, 'networks', {
      allowInsecureConnection: true,
    });
    return tableRows(table, networkRecord);
  };
  /** As if what is known of the network had been found so many hours before. */
  const letHoursPass = async (name: string, hours: number) => {
    const key = networkKey(ids.get(name) ?? '');
    const networks = recordsOfNetworks();
    const known = await networks.get(...key);
    if (!known?.delivery) throw new Error(`Nothing is known of what ${name} delivers.`);
    const { delivery } = known;
    const earlier = <Time extends string | null>(at: Time) =>
      at === null ? at : new Date(Date.parse(at) - hours * 3_600_000).toISOString();
    await networks.put(...key, {
      ...known,
      changedAt: earlier(known.changedAt),
      delivery: { ...delivery, checkedAt: earlier(delivery.checkedAt), runningSince: earlier(delivery.runningSince) },
    });
  };
  /** Waits until a right that was taken has reached the storage account, of which Azure tells nobody. */
  const untilMute = async (networkId: string) => {
    const [log] = await scene.flowLogsOf(networkId);
    const silence = z.array(z.object({ id: z.string(), silentBecause: z.string().nullable() }));
    await eventually(async () => {
      const all = silence.parse(await (await fetch(`${scene.environment().controlUrl}/flow-logs`)).json());
      return all.some((one) => one.id === log?.id && one.silentBecause === 'RoleMissing');
    });
  };
  /** Sweeps until the network's delivery is told to be so. */
  const untilFound = (name: string, found: string) =>
    eventually(
      async () => {
        await sweep(scene);
        const told = await scene.told(name);
        return told?.delivery?.found === found && told;
      },
      () => scene.told(name),
      40,
    );

  it('is proven by the newest blob, and nothing is asked of one in which nothing runs', async () => {
    await startMachine(scene, ids.get('vnet-busy') ?? '');
    const busy = await untilFound('vnet-busy', 'delivering');
    expect(busy).toMatchObject({ state: 'Compliant', delivery: { newestAt: expect.any(String), problem: null } });
    expect(await untilFound('vnet-idle', 'nothingRuns')).toMatchObject({ state: 'Compliant' });
  });

  it('not, because the right was taken where no event told it: silent, and why; granted again, it arrives', async () => {
    const id = ids.get('vnet-mute') ?? '';
    const { id: subscriptionId } = scene.subscription;
    const { operator } = scene;
    for (const one of scene.environment().subscriptions)
      await operator
        .resources(one.id)
        .resources.deleteById(
          `/subscriptions/${one.id}/providers/Microsoft.EventGrid/eventSubscriptions/flowkeeper`,
          '2025-02-15',
        );
    const [grant] = (await scene.resources('Microsoft.Authorization/roleAssignments')).filter(
      (one) => one.id.includes('/stflowlogsneu/') && isBlobGrant(one),
    );
    await operator.rights(subscriptionId).roleAssignments.deleteById(grant?.id ?? '');
    await untilMute(id);
    await startMachine(scene, id);
    await letHoursPass('vnet-mute', 2);
    await untilFound('vnet-mute', 'tooEarly');

    await letHoursPass('vnet-mute', 2);
    await sweep(scene);
    const silent = await untilState(scene, 'vnet-mute', 'Silent');
    expect(silent.problem).toMatchObject({ code: 'SilentRoleMissing', actor: 'wait' });
    expect(await scene.flowLogsOf(id)).toMatchObject([{ enabled: true }]);
    expect(await untilFound('vnet-mute', 'delivering')).toMatchObject({ state: 'Compliant', problem: null });
  });

  it('costs no request for a network once it is proven', async () => {
    const before = (await scene.requests()).at(-1)?.seq ?? 0;
    await sweep(scene);
    const busy = (await scene.requests(before)).filter(({ path }) => /vnet-busy|stflowlogsweu/i.test(path));
    expect(busy).toEqual([]);
  });
});
