import { group, network } from './estate.ts';

/** Networks with machines in them, as an estate lists them. */
export const machine = (name: string) => `${group}/providers/Microsoft.Compute/virtualMachines/${name}`;
export const networkInterface = (name: string) => `${group}/providers/Microsoft.Network/networkInterfaces/${name}`;
export const subnet = (networkName: string) => `${network(networkName)}/subnets/default`;

/** A network with one subnet. */
export function networkWithSubnet(name: string) {
  const addressSpace = { addressPrefixes: ['10.0.0.0/16'] };
  const subnets = [{ name: 'default', properties: { addressPrefix: '10.0.0.0/24' } }];
  return { id: network(name), location: 'westeurope', properties: { addressSpace, subnets } };
}

/** A network interface in the subnet of a network. */
export function interfaceIn(networkName: string, name: string) {
  const ipConfigurations = [
    { name: 'one', properties: { privateIPAddress: '10.0.0.7', subnet: { id: subnet(networkName) } } },
  ];
  return { id: networkInterface(name), location: 'westeurope', properties: { ipConfigurations } };
}

/** A machine with one network interface. It runs. */
export function machineWith(interfaceName: string, name: string) {
  const networkProfile = { networkInterfaces: [{ id: networkInterface(interfaceName) }] };
  return { id: machine(name), location: 'westeurope', properties: { networkProfile } };
}
