import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireResourceId, sameId } from '../../shared/resource-id.ts';
import { eventually, openScene, type Scene, type ToldNetwork, untilState } from './support/scene.ts';
import { sweep } from './support/sweep.ts';

const deploysFlowLogs = '/providers/Microsoft.Authorization/policyDefinitions/cd6f7aff-2845-4dab-99f2-6d1754a754b0';

describe('a flow log that somebody else points to another account, again and again', () => {
  let scene: Scene;
  let told: ToldNetwork;
  let theirs: string;
  let ours: string | undefined;

  beforeAll(async () => {
    scene = await openScene((policy) => ({ ...policy, limits: { ...policy.limits, contestedAfter: 2 } }));
    const assignment = `/subscriptions/${scene.subscription.id}/providers/Microsoft.Authorization/policyAssignments/deploy-logs`;
    await scene.operator.resources(scene.subscription.id).resources.createOrUpdateById(assignment, '2025-03-01', {
      properties: { displayName: 'Deploy flow logs', policyDefinitionId: deploysFlowLogs },
    });
    theirs = await otherAccount(scene);
    const id = await scene.createNetwork('vnet-fought');
    await untilState(scene, 'vnet-fought', 'Compliant');
    ours = (await scene.flowLogsOf(id))[0]?.storageId;
    for (let undone = 0; undone < 2; undone++) await untilRepaired(repoint);
    await repoint();
    told = await untilState(scene, 'vnet-fought', 'Contested');
  });
  afterAll(() => scene.close());

  const log = async () => (await scene.flowLogsOf((await scene.told('vnet-fought'))?.id ?? ''))[0];
  const repoint = async () => scene.writeFlowLog((await log())?.id ?? '', { storageId: theirs });
  const pointsTo = async (account = '') => {
    const { storageId = '', provisioningState } = (await log()) ?? {};
    return provisioningState === 'Succeeded' && sameId(storageId, account);
  };

  /** Until the run that puts it right has settled: who changes it before that is not told from a write that failed. */
  const untilRepaired = async (undo: () => Promise<void>) => {
    const before = await scene.told('vnet-fought');
    await undo();
    await eventually(async () => (await scene.told('vnet-fought'))?.changedAt !== before?.changedAt);
    expect(await pointsTo(ours)).toBe(true);
  };

  it('is contested after so many repairs: the field is told, and who it may be', () => {
    expect(told).toMatchObject({ because: 'contested', fields: ['storageId'], drifts: [{ check: 'wrongStorage' }] });
    expect(told.problem).toMatchObject({ code: 'Contested', actor: 'owner' });
    expect(told.problem?.message).toContain('"Deploy flow logs"');
    expect(told.problem?.message).toMatch(/the principal [0-9a-f-]{32,36}, who wrote it last/);
  });

  it('is written by nobody any more: neither for an event nor for the sweep', async () => {
    const before = (await scene.requests()).at(-1)?.seq ?? 0;
    await scene.writeFlowLog((await log())?.id ?? '', { tags: { touched: 'yes' } });
    await sweep(scene);
    await eventually(async () => (await scene.requests(before)).some(({ path }) => path.includes('vnet-fought')));
    expect((await scene.requests(before)).filter(({ method }) => method === 'PUT')).toEqual([]);
    expect(await scene.told('vnet-fought')).toMatchObject({ state: 'Contested', problem: { code: 'Contested' } });
    expect(await pointsTo(theirs)).toBe(true);
  });

  it('is put right when a person asks, and may be undone again before it is contested', async () => {
    await scene.post('/api/remediations', { networks: [told.id] });
    await untilState(scene, 'vnet-fought', 'Compliant');
    expect(await pointsTo(ours)).toBe(true);
    await untilRepaired(repoint);
    expect(await scene.told('vnet-fought')).toMatchObject({ state: 'Compliant', problem: null, fields: [] });
  });

  it('is contested as well where it is deleted again and again', async () => {
    const remove = async () => {
      const { subscriptionId, resourceGroup, names } = requireResourceId((await log())?.id ?? '');
      await scene.operator.network(subscriptionId).flowLogs.delete(resourceGroup, names[0], names[1] ?? '');
    };
    // The first is made in nobody's place, since a person has asked.
    for (let made = 0; made <= 2; made++) await untilRepaired(remove);
    await remove();
    const { fields, problem } = await untilState(scene, 'vnet-fought', 'Contested');
    expect(fields).toEqual(['flowLog']);
    expect(problem?.message).toContain('made again 2 times');
    expect(await log()).toBeUndefined();
  });
});

async function otherAccount(scene: Scene): Promise<string> {
  const [one] = scene.environment().destinations.filter(({ location }) => location === 'westeurope');
  const { storageAccounts } = scene.operator.storage(requireResourceId(one?.storageAccountId ?? '').subscriptionId);
  const parameters = { location: 'westeurope', kind: 'StorageV2', sku: { name: 'Standard_LRS' } };
  return (await storageAccounts.create('rg-flow-logs', 'stpolicydeploys', parameters)).id ?? '';
}
