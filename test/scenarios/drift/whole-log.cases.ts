import { nameOf, requireResourceId } from '../../../shared/resource-id.ts';
import type { DriftCase, Subject } from './drift-scene.ts';

/** The log is gone, has failed, or belongs to a network that is not there any more. */
export const wholeLog: readonly DriftCase[] = [
  {
    check: 'noFlowLog',
    network: 'vnet-without-log',
    tamper: async ({ scene, log }) => {
      const { subscriptionId, resourceGroup, names } = requireResourceId(log.id);
      await scene.operator.network(subscriptionId).flowLogs.delete(resourceGroup, names[0], names[1] ?? '');
    },
    expected: ({ log }) => log.name,
    actual: () => null,
    action: 'create',
  },
  {
    check: 'provisioningFailed',
    network: 'vnet-failed',
    tamper: async ({ scene, log, write }) => {
      const operation = { code: 'InternalServerError', message: 'An error occurred.' };
      await scene.fault({ method: 'PUT', path: nameOf(log.id), times: 1, operation });
      await write({}).catch(() => null);
    },
    expected: () => 'Succeeded',
    actual: () => 'Failed',
    action: 'update',
  },
  {
    check: 'targetRecreated',
    network: 'vnet-again',
    tamper: async (subject) => {
      const { subscriptionId, resourceGroup, names } = requireResourceId(subject.id);
      const { virtualNetworks } = subject.scene.operator.network(subscriptionId);
      await virtualNetworks.delete(resourceGroup, names[0]);
      await subject.scene.createNetwork(names[0]);
      subject.made.set('guid', (await virtualNetworks.get(resourceGroup, names[0])).resourceGuid ?? '');
    },
    expected: guid,
    actual: ({ log }) => log.targetResourceGuid,
    action: 'update',
  },
];

function guid({ made }: Subject): string | undefined {
  return made.get('guid');
}
