import { ownProblem, type Problem } from '../problem.ts';

export type StorageFacts = { readonly location: string; readonly kind: string; readonly tier: string };

/** What keeps a storage account from receiving the flow logs of a region; null where nothing does. Asked before any write. */
export function storageProblem(
  storageAccountId: string,
  location: string,
  account: StorageFacts | null,
): Problem | null {
  if (!account) {
    return ownProblem(
      'StorageAccountNotFound',
      storageAccountId,
      'The policy names this storage account, and it does not exist. Make it, or change rules[].destination.',
    );
  }
  if (account.location !== location) {
    return ownProblem(
      'StorageAccountInOtherRegion',
      storageAccountId,
      `A flow log needs a storage account in its network's region: this one is in ${account.location}, the policy uses it for ${location}.`,
    );
  }
  if (account.tier !== 'Standard') {
    return ownProblem(
      'StorageAccountTier',
      storageAccountId,
      `Flow logs can only be written to a Standard storage account; this one is ${account.tier}.`,
    );
  }
  return null;
}
