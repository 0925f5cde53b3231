import { requireResourceId } from '../../../shared/resource-id.ts';
import type { Scene } from './scene.ts';

/** Starts a machine in a network, as its owner would: a subnet, a network interface, and the machine that has it. */
export async function startMachine(scene: Scene, networkId: string): Promise<void> {
  const { subscriptionId, resourceGroup, names } = requireResourceId(networkId);
  const [name] = names;
  const { virtualNetworks, networkInterfaces } = scene.operator.network(subscriptionId);
  const network = await virtualNetworks.get(resourceGroup, name);
  const { location = '' } = network;
  const subnets = [{ name: 'machines', addressPrefix: '10.7.1.0/24' }];
  await virtualNetworks.createOrUpdate(resourceGroup, name, { ...network, location, subnets });
  const subnet = { id: `${networkId}/subnets/machines` };
  const card = await networkInterfaces.createOrUpdate(resourceGroup, `nic-${name}`, {
    location,
    ipConfigurations: [{ name: 'ip', subnet }],
  });
  const machineId = `${networkId.replace(/\/providers\/.*/, '')}/providers/Microsoft.Compute/virtualMachines/vm-${name}`;
  await scene.operator.resources(subscriptionId).resources.createOrUpdateById(machineId, '2024-07-01', {
    location,
    properties: { networkProfile: { networkInterfaces: [{ id: card.id ?? '' }] } },
  });
}
