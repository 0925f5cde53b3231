import { z } from 'zod';
import { arrayOf, isObject, type Json, type JsonObject, objectOf, stringOf } from '../core/json.ts';
import { subscriptionPath } from '../core/resource-id.ts';
import type { FollowUp, ResourceBody, ResourceType, Write } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { targetReference } from './flow-log-target.ts';
import { locationOf } from './location.ts';
import { networkWatcherType } from './network-watchers.ts';
import { readBody } from './request-body.ts';
import { tagsOf } from './tags.ts';
import { networkVersions } from './versions.ts';
import { refuseInUse } from './virtual-network-rules.ts';

const virtualNetworkType = 'Microsoft.Network/virtualNetworks';

/** Virtual networks with their subnets inline. A network made anew under an old name has another `resourceGuid`. */
export const virtualNetworks: ResourceType = {
  type: virtualNetworkType,
  apiVersions: networkVersions,
  home: 'resourceGroup',
  verbs: ['PUT', 'PATCH', 'DELETE'],
  etag: 'own',
  supersedes: true,
  durations: {
    put: ({ times }, before) => (before === undefined ? times.networkCreate : times.networkUpdate),
    delete: ({ times }) => times.smallDelete,
  },
  shape,
  checkDelete: refuseInUse,
  followUps: watcherOfRegion,
  takesAlong: (world, { id }) =>
    world.switches.deletedVnet === 'takeFlowLog'
      ? world.store.referring(targetReference(id)).map(({ key }) => key)
      : [],
  show: (world, body) => withFlowLogs(world, { ...body, properties: { ...body.properties, subnets: subnetsOf(body) } }),
};

const named = z.looseObject({ name: z.string().min(1) });
const request = z.object({
  properties: z
    .object({
      addressSpace: z.object({ addressPrefixes: z.array(z.string()).optional() }).optional(),
      subnets: z.array(named).nullish(),
      virtualNetworkPeerings: z.array(named).nullish(),
    })
    .nullish(),
});

function shape(write: Write): ResourceBody {
  const { id, body, before, world } = write;
  readBody(request, body);
  const properties = objectOf(body.properties);
  return {
    name: id.name,
    id: id.id,
    etag: '',
    type: virtualNetworkType,
    location: locationOf(write),
    tags: tagsOf(write),
    properties: {
      ...properties,
      provisioningState: 'Succeeded',
      resourceGuid: before?.properties.resourceGuid ?? world.newGuid(),
      addressSpace: { ...objectOf(properties.addressSpace), ipamPoolPrefixAllocations: [] },
      subnets: arrayOf(properties.subnets).map((subnet) => storedSubnet(id.id, subnet)),
      virtualNetworkPeerings: arrayOf(properties.virtualNetworkPeerings),
      enableDdosProtection: properties.enableDdosProtection === true,
    },
  };
}

/** A subnet as its network keeps it. */
export function storedSubnet(networkId: string, subnet: Json): JsonObject {
  const { name, properties } = objectOf(subnet);
  const sent = Object.entries(objectOf(properties)).filter(([, value]) => !Array.isArray(value) || value.length > 0);
  return {
    name,
    id: `${networkId}/subnets/${stringOf(name)}`,
    properties: {
      ipamPoolPrefixAllocations: [],
      serviceEndpoints: [],
      delegations: [],
      privateEndpointNetworkPolicies: 'Disabled',
      privateLinkServiceNetworkPolicies: 'Enabled',
      ...Object.fromEntries(sent),
    },
    type: 'Microsoft.Network/virtualNetworks/subnets',
  };
}

/** The subnets of a network as they are shown: they share its etag and provisioning state. */
export function subnetsOf({ etag, properties }: ResourceBody): readonly Json[] {
  return arrayOf(properties.subnets)
    .filter(isObject)
    .map((subnet) => {
      const own = { provisioningState: properties.provisioningState, ...objectOf(subnet.properties) };
      return { name: subnet.name, id: subnet.id, etag, properties: own, type: subnet.type };
    });
}

function withFlowLogs(world: World, body: ResourceBody): ResourceBody {
  if (world.switches.vnetFlowLogs === 'absent') return body;
  const flowLogs = world.store.referring(targetReference(body.id)).map((flowLog) => ({ id: flowLog.body.id }));
  return { ...body, properties: { ...body.properties, flowLogs } };
}

/** Azure makes a region's network watcher some time after its first network; the network's event can be earlier. */
function watcherOfRegion(world: World, { id, location }: ResourceBody): readonly FollowUp[] {
  const subscription = subscriptionPath(id.split('/')[2] ?? '');
  const watchers = world.store.list(networkWatcherType, subscription);
  if (world.switches.watcherAutoCreation === 'off' || watchers.some(({ body }) => body.location === location))
    return [];
  const group = `${subscription}/resourceGroups/NetworkWatcherRG`;
  const watcher = `${group}/providers/${networkWatcherType}/NetworkWatcher_${location}`;
  const afterMilliseconds = world.times.watcherAutoCreation;
  return [group, watcher].map((wanted) => ({ afterMilliseconds, id: wanted, body: { location } }));
}
