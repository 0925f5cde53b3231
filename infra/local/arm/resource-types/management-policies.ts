import { isoTime } from '../core/clock.ts';
import type { ResourceType } from '../core/resource-type.ts';
import { plainExtension } from './plain-resource.ts';
import { storageVersions } from './versions.ts';

const type = 'Microsoft.Storage/storageAccounts/managementPolicies';

/** The lifecycle policy of a storage account; its name is `default`. */
export const managementPolicies: ResourceType = {
  type,
  apiVersions: storageVersions,
  home: 'resourceGroup',
  verbs: ['PUT', 'DELETE'],
  etag: 'none',
  putStatus: 200,
  shape: (write) => {
    const body = plainExtension(write, type);
    return { ...body, properties: { ...body.properties, lastModifiedTime: isoTime(write.world.clock.now()) } };
  },
};
