import { isDeepStrictEqual } from 'node:util';
import type { FlowLog } from '@azure/arm-network';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireResourceId } from '../../shared/resource-id.ts';
import { eventually, openScene, type Scene, untilState } from './support/scene.ts';

type Tampering = { name: string; check: string; change: (scene: Scene) => Promise<Partial<FlowLog>> };

/** What someone does to a flow log, and the drift that has to be found. Each is repaired by the event of it alone. */
const tamperings: Tampering[] = [
  { name: 'vnet-disabled', check: 'disabled', change: async () => ({ enabled: false }) },
  {
    name: 'vnet-repointed',
    check: 'wrongStorage',
    change: async (scene) => ({ storageId: await otherAccount(scene) }),
  },
  { name: 'vnet-unbound', check: 'identityMissing', change: async () => ({ identity: { type: 'None' } }) },
  {
    name: 'vnet-rebound',
    check: 'identityWrong',
    change: async (scene) => ({
      identity: { type: 'UserAssigned', userAssignedIdentities: { [await foreignIdentity(scene)]: {} } },
    }),
  },
  { name: 'vnet-short', check: 'retention', change: async () => ({ retentionPolicy: { enabled: true, days: 3 } }) },
  { name: 'vnet-old-format', check: 'format', change: async () => ({ format: { type: 'JSON', version: 1 } }) },
];

describe('a flow log that someone changed', () => {
  let scene: Scene;
  const before = new Map<string, FlowLog>();

  beforeAll(async () => {
    scene = await openScene();
    await Promise.all(tamperings.map(({ name }) => scene.createNetwork(name)));
    for (const { name, change } of tamperings) {
      const { id } = await untilState(scene, name, 'Compliant');
      const [flowLog] = await scene.flowLogsOf(id);
      if (!flowLog?.id) throw new Error(`${name} has no flow log.`);
      before.set(name, flowLog);
      await scene.writeFlowLog(flowLog.id, {
        ...(await change(scene)),
        tags: { ...flowLog.tags, costCentre: '4711' },
      });
    }
  });
  afterAll(() => scene.close());

  it.each(tamperings)(
    'is repaired where it has the drift $check, and keeps what is not ours',
    async ({ name, check }) => {
      const networkId = (await scene.told(name))?.id ?? '';
      const former = before.get(name);
      await eventually(async () =>
        scene.log.some((line) => line.includes(name) && line.includes('plan made') && line.includes(check)),
      );
      const look = async () => ours((await scene.flowLogsOf(networkId))[0]);
      await eventually(async () => isDeepStrictEqual(await look(), ours(former)), look);

      const [after, ...others] = await scene.flowLogsOf(networkId);
      expect(others).toEqual([]);
      expect(after?.tags).toEqual({ ...former?.tags, costCentre: '4711' });
    },
  );

  it('is made again where it was deleted', async () => {
    const networkId = (await scene.told('vnet-disabled'))?.id ?? '';
    const [flowLog] = await scene.flowLogsOf(networkId);
    const { subscriptionId, resourceGroup, names } = requireResourceId(flowLog?.id ?? '');
    await scene.operator.network(subscriptionId).flowLogs.delete(resourceGroup, names[0], names[1] ?? '');
    await eventually(async () => (await scene.flowLogsOf(networkId))[0]?.provisioningState === 'Succeeded');
    expect(await scene.flowLogsOf(networkId)).toHaveLength(1);
  });

  it('is bound again where its identity was deleted: another principal, and again the right to write', async () => {
    const networkId = (await scene.told('vnet-repointed'))?.id ?? '';
    const [before] = await scene.flowLogsOf(networkId);
    const [identityId = '', former] = Object.entries(before?.identity?.userAssignedIdentities ?? {})[0] ?? [];
    const { subscriptionId, resourceGroup, names } = requireResourceId(identityId);
    await scene.operator.identities(subscriptionId).userAssignedIdentities.delete(resourceGroup, names[0]);
    const now = await eventually(async () => {
      const [flowLog] = await scene.flowLogsOf(networkId);
      const [identity] = Object.values(flowLog?.identity?.userAssignedIdentities ?? {});
      return identity?.principalId && identity.principalId !== former?.principalId && identity.principalId;
    });
    const assignments = JSON.stringify(await scene.resources('Microsoft.Authorization/roleAssignments'));
    expect(assignments).toContain(now);
  });
});

/** The fields that are ours to set, and that Azure has come to rest. */
function ours(flowLog: FlowLog | undefined) {
  const { enabled, storageId, retentionPolicy, format, identity, provisioningState } = flowLog ?? {};
  const identities = Object.keys(identity?.userAssignedIdentities ?? {}).map((id) => id.toLowerCase());
  return { enabled, storageId: storageId?.toLowerCase(), retentionPolicy, format, identities, provisioningState };
}

async function otherAccount(scene: Scene): Promise<string> {
  const [one] = scene.environment().destinations.filter(({ location }) => location === 'westeurope');
  const { storageAccounts } = scene.operator.storage(requireResourceId(one?.storageAccountId ?? '').subscriptionId);
  const parameters = { location: 'westeurope', kind: 'StorageV2', sku: { name: 'Standard_LRS' } };
  const made = await storageAccounts.create('rg-flow-logs', 'stsomeoneelse', parameters);
  return made.id ?? '';
}

async function foreignIdentity(scene: Scene): Promise<string> {
  const { id, resourceGroup } = scene.subscription;
  const made = await scene.operator
    .identities(id)
    .userAssignedIdentities.createOrUpdate(resourceGroup, 'id-someone-else', { location: 'westeurope' });
  return made.id ?? '';
}
