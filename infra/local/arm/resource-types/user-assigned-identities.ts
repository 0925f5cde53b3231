import type { ResourceBody, ResourceType } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { locationOf } from './location.ts';
import { tagsOf } from './tags.ts';
import { identityVersions } from './versions.ts';

const identityType = 'Microsoft.ManagedIdentity/userAssignedIdentities';

/**
 * User-assigned identities. One made anew under an old name is another principal. Their ids come back with lower-case
 * `resourcegroups`, as recorded.
 */
export const userAssignedIdentities: ResourceType = {
  type: identityType,
  apiVersions: identityVersions,
  home: 'resourceGroup',
  verbs: ['PUT', 'PATCH', 'DELETE'],
  etag: 'none',
  canonicalId: (id) => id.replace(/\/resourceGroups\//i, '/resourcegroups/'),
  references: ({ properties }) => [`identity ${properties.principalId}`, `identity ${properties.clientId}`],
  shape: (write) => ({
    location: locationOf(write),
    tags: tagsOf(write) ?? {},
    id: write.id.id,
    name: write.id.name,
    type: identityType,
    properties: {
      isolationScope: 'None',
      tenantId: write.world.tenantId,
      principalId: write.before?.properties.principalId ?? write.world.newGuid(),
      clientId: write.before?.properties.clientId ?? write.world.newGuid(),
    },
  }),
};

/** The identity with this principal id or client id. */
export function identityOf(world: World, principalOrClientId: string): ResourceBody | undefined {
  return world.store.referring(`identity ${principalOrClientId}`)[0]?.body;
}
