import { objectOf } from '../core/json.ts';
import type { ResourceType } from '../core/resource-type.ts';
import { plainResource } from './plain-resource.ts';
import { networkVersions } from './versions.ts';

const type = 'Microsoft.Network/networkInterfaces';

/** Network interfaces: targets of flow logs that win over the one of their network. */
export const networkInterfaces: ResourceType = {
  type,
  apiVersions: networkVersions,
  home: 'resourceGroup',
  verbs: ['PUT', 'PATCH', 'DELETE'],
  etag: 'own',
  durations: { put: ({ times }) => times.networkUpdate, delete: ({ times }) => times.smallDelete },
  shape: (write) => {
    const body = plainResource(write, type);
    const { resourceGuid } = objectOf(write.before?.properties);
    return { ...body, properties: { ...body.properties, resourceGuid: resourceGuid ?? write.world.newGuid() } };
  },
};
