import { blobDataContributor } from '../../policy/destinations.ts';
import { sameId } from '../../resource-id.ts';
import type { Grant } from './facts.ts';

/** Whether what a principal holds at a storage account and above it lets it write the account's blobs. */
export function mayWriteBlobs(grants: readonly Grant[]): boolean {
  return grants.some(isWriter);
}

/** The one grant that a flow log's identity needs: that role, at that account. */
export function isNeeded(grant: Grant, storageAccountId: string): boolean {
  return isWriter(grant) && sameId(grant.scope, storageAccountId);
}

function isWriter({ roleDefinitionId }: Grant): boolean {
  return roleDefinitionId.toLowerCase().endsWith(blobDataContributor);
}
