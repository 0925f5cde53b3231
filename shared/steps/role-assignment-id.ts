import { blobDataContributor } from '../policy/destinations.ts';
import { roleAssignmentName, standInNames } from '../policy/names.ts';

export type RoleAssignmentRequest = { readonly storageAccountId: string; readonly principalId: string };

/** The id of our role assignment for a principal on a storage account. */
export function roleAssignmentId({ storageAccountId, principalId }: RoleAssignmentRequest): string {
  return idOf(storageAccountId, roleAssignmentName(storageAccountId, principalId, blobDataContributor));
}

/**
 * That id, and those that take its place where Azure can't use it: a name whose hash collides with another's does so each
 * time (HashConflictOnDifferentRoleAssignmentIds, Azure/azure-cli#13368). Whoever undoes looks for all of them.
 */
export function roleAssignmentIds(id: string): readonly [string, ...string[]] {
  const { storageAccountId, name } = partsOfRoleAssignment(id);
  return [id, ...standInNames(name).map((other) => idOf(storageAccountId, other))];
}

export function partsOfRoleAssignment(id: string): { readonly storageAccountId: string; readonly name: string } {
  const [storageAccountId = '', name = ''] = id.split(segment);
  return { storageAccountId, name };
}

const segment = '/providers/Microsoft.Authorization/roleAssignments/';

function idOf(storageAccountId: string, name: string): string {
  return `${storageAccountId}${segment}${name}`;
}
