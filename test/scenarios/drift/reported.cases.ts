import { expect } from 'vitest';
import { requireResourceId } from '../../../shared/resource-id.ts';
import { type DriftCase, type Subject, twoLogs } from './drift-scene.ts';

/** What Flowkeeper tells of, and leaves to the owners of what it found. */
export const reported: readonly DriftCase[] = [
  {
    check: 'duplicateLogs',
    network: 'vnet-two-logs',
    location: 'germanywestcentral',
    beside: ['identityHasMoreRights'],
    tamper: async () => null,
    expected: () => [twoLogs[0]],
    actual: () => twoLogs,
    action: null,
  },
  {
    check: 'overridingLogs',
    network: 'vnet-subnet-logged',
    location: 'northeurope',
    tamper: async (subject) => logOn(subject, await makeSubnet(subject)),
    expected: () => [],
    actual: ({ made }) => [made.get('log')],
    action: null,
  },
  {
    check: 'overridingLogs',
    network: 'vnet-interface-logged',
    location: 'northeurope',
    tamper: async (subject) => {
      const subnetId = await makeSubnet(subject);
      const { subscriptionId, resourceGroup } = requireResourceId(subject.id);
      const { networkInterfaces } = subject.scene.operator.network(subscriptionId);
      const ipConfigurations = [{ name: 'ip', subnet: { id: subnetId } }];
      const made = await networkInterfaces.createOrUpdate(resourceGroup, 'nic-logged', {
        location: 'northeurope',
        ipConfigurations,
      });
      await logOn(subject, made.id ?? '');
    },
    expected: () => [],
    actual: ({ made }) => [made.get('log')],
    action: null,
  },
  {
    // Given a Reader's right beside, long ago.
    check: 'identityHasMoreRights',
    network: 'vnet-mighty',
    location: 'germanywestcentral',
    tamper: async () => null,
    expected: () => 'Storage Blob Data Contributor',
    actual: () => expect.stringContaining('acdd72a7-3385-48ef-bd42-f606fba81ae7'),
    action: null,
  },
];

async function makeSubnet({ scene, id }: Subject): Promise<string> {
  const { subscriptionId, resourceGroup, names } = requireResourceId(id);
  const { virtualNetworks } = scene.operator.network(subscriptionId);
  const network = await virtualNetworks.get(resourceGroup, names[0]);
  const subnets = [{ name: 'workload', addressPrefix: '10.7.1.0/24' }];
  await virtualNetworks.createOrUpdate(resourceGroup, names[0], { ...network, subnets });
  return `${id}/subnets/workload`;
}

/** Somebody logs a part of the network on its own. */
async function logOn({ scene, log, made }: Subject, targetResourceId: string): Promise<void> {
  const { subscriptionId, resourceGroup, names } = requireResourceId(log.id);
  const { flowLogs } = scene.operator.network(subscriptionId);
  const name = `part-of-${names[1]}`.slice(0, 80);
  const parameters = { location: log.location ?? '', targetResourceId, storageId: log.storageId ?? '', enabled: true };
  made.set('log', (await flowLogs.createOrUpdate(resourceGroup, names[0], name, parameters)).id ?? '');
}
