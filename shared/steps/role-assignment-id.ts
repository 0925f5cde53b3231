import { blobDataContributor } from '../policy/destinations.ts';
import { roleAssignmentName } from '../policy/names.ts';

export type RoleAssignmentRequest = { readonly storageAccountId: string; readonly principalId: string };

/** The id of our role assignment for a principal on a storage account. */
export function roleAssignmentId({ storageAccountId, principalId }: RoleAssignmentRequest): string {
  const name = roleAssignmentName(storageAccountId, principalId, blobDataContributor);
  return `${storageAccountId}/providers/Microsoft.Authorization/roleAssignments/${name}`;
}
