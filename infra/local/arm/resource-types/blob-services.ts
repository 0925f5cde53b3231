import { parentOf } from '../core/resource-id.ts';
import type { ResourceType } from '../core/resource-type.ts';
import { plainExtension } from './plain-resource.ts';
import { storageVersions } from './versions.ts';

const type = 'Microsoft.Storage/storageAccounts/blobServices';
const defaults = { isVersioningEnabled: false, deleteRetentionPolicy: { enabled: false }, cors: { corsRules: [] } };

/** The blob service of a storage account: every account has one, named `default`. */
export const blobServices: ResourceType = {
  type,
  apiVersions: storageVersions,
  home: 'resourceGroup',
  verbs: ['PUT'],
  etag: 'none',
  putStatus: 200,
  shape: (write) => {
    const body = plainExtension(write, type);
    return { ...body, properties: { ...defaults, ...body.properties } };
  },
  find: (world, id) => {
    const account = world.store.get(parentOf(id) ?? '');
    if (account === undefined || id.name.toLowerCase() !== 'default') return undefined;
    const body = { id: `${account.body.id}/blobServices/default`, name: 'default', type, properties: defaults };
    return world.store.get(id.id) ?? { key: id.key, createdAt: account.createdAt, body };
  },
};
