import type { ResourceType } from '../core/resource-type.ts';
import { plainExtension } from './plain-resource.ts';
import { storageVersions } from './versions.ts';

const type = 'Microsoft.Storage/storageAccounts/blobServices/containers';

/** Containers of a storage account, with what their immutability policies and legal holds say. */
export const blobContainers: ResourceType = {
  type,
  apiVersions: storageVersions,
  home: 'resourceGroup',
  verbs: ['PUT', 'DELETE'],
  etag: 'none',
  shape: (write) => {
    const body = plainExtension(write, type);
    const defaults = { publicAccess: 'None', hasImmutabilityPolicy: false, hasLegalHold: false };
    return { ...body, properties: { ...defaults, ...body.properties } };
  },
};
