import { z } from 'zod';
import { arrayOf, type JsonObject, objectOf, stringOf } from '../core/json.ts';
import type { Resource, ResourceBody, ResourceType, Write } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { plainResource } from './plain-resource.ts';
import { readBody } from './request-body.ts';

export const virtualMachineType = 'Microsoft.Compute/virtualMachines';

const request = z.object({
  properties: z.object({ networkProfile: z.object({ networkInterfaces: z.array(z.looseObject({ id: z.string() })) }) }),
});

/**
 * Virtual machines, as far as flow logs need them: whether one runs, and which network interfaces it has. A new one
 * runs. Resource Graph shows the power state (`properties.extended.instanceView.powerState.code`), ARM does not.
 */
export const virtualMachines: ResourceType = {
  type: virtualMachineType,
  apiVersions: ['2023-09-01', '2024-03-01', '2024-07-01', '2024-11-01', '2025-04-01'],
  home: 'resourceGroup',
  verbs: ['PUT', 'PATCH', 'DELETE'],
  etag: 'none',
  durations: { put: ({ times }) => times.networkCreate, delete: ({ times }) => times.smallDelete },
  shape,
  references: (body) => interfacesOf(body).map(machineReference),
  show: (_world, { etag: _none, ...body }) => {
    const { extended: _hidden, ...properties } = objectOf(body.properties);
    return { ...body, properties };
  },
};

/** A power state in Azure's words. */
export type PowerState = 'running' | 'stopped' | 'deallocated';

function shape(write: Write): ResourceBody {
  readBody(request, write.body);
  const body = plainResource(write, virtualMachineType);
  const known = objectOf(write.before?.properties);
  const extended = known.extended ?? extendedFor('running');
  return { ...body, properties: { ...body.properties, vmId: known.vmId ?? write.world.newGuid(), extended } };
}

/** The machine with another power state. */
export function withPowerState(body: ResourceBody, state: PowerState): ResourceBody {
  return { ...body, properties: { ...body.properties, extended: extendedFor(state) } };
}

/** Says whether a machine runs: only then is there traffic. */
export function isRunning({ properties }: ResourceBody): boolean {
  const { instanceView } = objectOf(properties.extended);
  return stringOf(objectOf(objectOf(instanceView).powerState).code) === 'PowerState/running';
}

/** The ids of a machine's network interfaces. */
export function interfacesOf({ properties }: ResourceBody): readonly string[] {
  const { networkInterfaces } = objectOf(properties.networkProfile);
  return arrayOf(networkInterfaces).flatMap((entry) => stringOf(objectOf(entry).id) ?? []);
}

/** The machine that a network interface is attached to. */
export function machineOf(world: World, interfaceId: string): Resource | undefined {
  return world.store.referring(machineReference(interfaceId))[0];
}

function machineReference(interfaceId: string): string {
  return `machine of ${interfaceId}`;
}

function extendedFor(state: PowerState): JsonObject {
  return { instanceView: { powerState: { code: `PowerState/${state}`, displayStatus: `VM ${state}`, level: 'Info' } } };
}
