import { beforeAll, describe, expect, it } from 'vitest';
import { requireResourceId, sameId } from '../../../shared/resource-id.ts';
import { eventually, type Scene, untilState } from '../support/scene.ts';
import { sweep } from '../support/sweep.ts';
import { historyOf, untilDrift } from './drift-scene.ts';

type Show = (check: string, network: string, columns: readonly string[]) => void;

const assignments = 'Microsoft.Authorization/roleAssignments';
const blobContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';

/** Drifts that only show while the policy enforces: they are about what the lane of the destination provides. */
export function whileEnforcing(scene: () => Scene, show: Show): void {
  const principalOf = async (network: string) => {
    const id = (await scene().told(network))?.id ?? '';
    const [log] = await scene().flowLogsOf(id);
    const [bound] = Object.entries(log?.identity?.userAssignedIdentities ?? {});
    return { identityId: bound?.[0] ?? '', principalId: bound?.[1].principalId ?? '' };
  };
  const grantsOf = async (principalId: string) =>
    (await scene().resources(assignments)).filter(
      (one) => JSON.stringify(one).includes(principalId) && JSON.stringify(one).includes(blobContributor),
    );
  const plannedFor = (network: string, check: string) =>
    scene().log.some((line) => line.includes(network) && line.includes('plan made') && line.includes(check));

  describe('a log that is changed or deleted', () => {
    it('is put right by the event alone', async () => {
      const id = (await scene().told('vnet-disabled'))?.id ?? '';
      const changes = async () => (await historyOf(scene(), id)).filter((kind) => kind === 'changed').length;
      const before = await changes();
      const [log] = await scene().flowLogsOf(id);
      const { subscriptionId, resourceGroup, names } = requireResourceId(log?.id ?? '');
      await scene().writeFlowLog(log?.id ?? '', { enabled: false });
      await eventually(async () => (await changes()) === before + 1);
      expect((await scene().flowLogsOf(id))[0]?.enabled).toBe(true);
      await scene()
        .operator.network(subscriptionId)
        .flowLogs.delete(resourceGroup, names[0], names[1] ?? '');
      await eventually(async () => (await changes()) === before + 2);
      expect(await scene().flowLogsOf(id)).toHaveLength(1);
    });
  });

  describe('an identity that was deleted', () => {
    const network = 'vnet-rebound';
    it('comes back with another principal, the right to write, and every log bound to it', async () => {
      const { identityId, principalId: former } = await principalOf(network);
      const { subscriptionId, resourceGroup, names } = requireResourceId(identityId);
      await scene().operator.identities(subscriptionId).userAssignedIdentities.delete(resourceGroup, names[0]);
      const now = await eventually(async () => {
        const { principalId } = await principalOf(network);
        return principalId && principalId !== former && principalId;
      });
      await untilState(scene(), network, 'Compliant');
      expect(await grantsOf(now)).toHaveLength(1);
      expect(plannedFor(network, 'identityRecreated')).toBe(true);
      show('identityRecreated', network, ['found', 'update', 'repaired', 'verified']);
    });
  });

  describe('an identity that was deleted, where it can not be made again', () => {
    const network = 'vnet-rebound';
    let heal: () => Promise<void>;
    beforeAll(async () => {
      const { identityId } = await principalOf(network);
      const { subscriptionId, resourceGroup, names } = requireResourceId(identityId);
      const refusal = { code: 'RequestDisallowedByPolicy', message: 'Not allowed here.', status: 403, times: 0 };
      heal = await scene().fault({ method: 'PUT', path: `userAssignedIdentities/${names[0]}`, ...refusal });
      await scene().operator.identities(subscriptionId).userAssignedIdentities.delete(resourceGroup, names[0]);
      const blocked = (line: string) =>
        ['destination settled', 'blocked', identityId.split('-').at(-1) ?? ''].every((word) => line.includes(word));
      await eventually(async () => scene().log.some(blocked));
    });

    it('is a drift of its networks', async () => {
      await scene().post('/api/remediations', { networks: [(await scene().told(network))?.id] });
      const { drifts } = await untilDrift(scene(), network, 'identityGone');
      const { identityId } = await principalOf(network);
      expect(drifts.map(({ check, actual }) => [check, actual])).toEqual([['identityGone', null]]);
      expect(sameId(String(drifts[0]?.expected), identityId)).toBe(true);
    });

    it('is made again when that is allowed and somebody asks for the network', async () => {
      const { principalId: former } = await principalOf(network);
      await heal();
      await scene().post('/api/remediations', { networks: [(await scene().told(network))?.id] });
      await eventually(async () => (await principalOf(network)).principalId !== former);
      await untilState(scene(), network, 'Compliant');
      show('identityGone', network, ['found', 'nothing', 'repaired', 'verified']);
    });
  });

  describe('a right to write that was taken away, where it can not be given back', () => {
    const network = 'vnet-filtered';
    let heal: () => Promise<void>;
    beforeAll(async () => {
      const { principalId } = await principalOf(network);
      const [grant] = await grantsOf(principalId);
      const refusal = { code: 'RequestDisallowedByPolicy', message: 'Not allowed here.', status: 403, times: 0 };
      heal = await scene().fault({ method: 'PUT', path: `stflowlogsneu/providers/${assignments}/`, ...refusal });
      const scope = grant?.id.split(`/providers/${assignments}/`)[0] ?? '';
      const { roleAssignments } = scene().operator.rights(requireResourceId(scope).subscriptionId);
      await roleAssignments.delete(scope, grant?.id.split('/').at(-1) ?? '');
      const blocked = (line: string) =>
        ['destination settled', 'stflowlogsneu', 'blocked'].every((word) => line.includes(word));
      await eventually(async () => scene().log.some(blocked));
    });

    it('is a drift of its networks', async () => {
      const told = await scene().told(network);
      await scene().post('/api/remediations', { networks: [told?.id] });
      const { drifts } = await untilDrift(scene(), network, 'roleAssignmentMissing');
      expect(drifts).toEqual([
        { check: 'roleAssignmentMissing', expected: 'Storage Blob Data Contributor', actual: null },
      ]);
    });

    it('is given again when that is allowed and somebody asks for the network; and the next sweep tells so', async () => {
      await heal();
      await scene().post('/api/remediations', { networks: [(await scene().told(network))?.id] });
      const { principalId } = await principalOf(network);
      await eventually(async () => (await grantsOf(principalId)).length === 1);
      await sweep(scene());
      await untilState(scene(), network, 'Compliant');
      show('roleAssignmentMissing', network, ['found', 'nothing', 'repaired', 'verified']);
    });
  });
}
