import type { StorageAccount } from '@azure/arm-storage';
import { whySilent } from '../decide/delivery.ts';
import { readDestination } from '../inbox/destination-row.ts';
import type { Problem } from '../problem.ts';
import { destinationBody } from '../records/destination-body.ts';
import { nameOf } from '../resource-id.ts';
import { hasBlobAccess } from '../steps/ensure-role-assignment.ts';
import type { LoggedNetwork } from './look-for-arrivals.ts';
import type { WorkContext } from './work-context.ts';

/** The most probable reason why a log does not arrive, from what Azure shows of its identity and account. One request. */
export async function reasonOfSilence(
  context: WorkContext,
  { flowLogId, storageAccountId, identityId }: LoggedNetwork,
  { networkRuleSet, publicNetworkAccess, allowSharedKeyAccess }: StorageAccount,
): Promise<Problem> {
  const isOpen = publicNetworkAccess !== 'Disabled' && networkRuleSet?.defaultAction !== 'Deny';
  const bypass = networkRuleSet?.bypass ?? 'AzureServices';
  return whySilent({
    flowLogId,
    storageAccountId,
    identityId,
    mayWrite: await mayWrite(context, storageAccountId),
    trustedServicesMayEnter:
      publicNetworkAccess !== 'SecuredByPerimeter' && (isOpen || bypass.includes('AzureServices')),
    keysAllowed: allowSharedKeyAccess !== false,
  });
}

/** Null where the principal is not known, or could not be asked about. */
async function mayWrite({ clients, port }: WorkContext, storageAccountId: string): Promise<boolean | null> {
  const row = await readDestination(port, nameOf(storageAccountId));
  const { principalId } = row ? destinationBody.parse(row.body) : { principalId: null };
  if (!principalId) return null;
  const access = await hasBlobAccess(clients, { storageAccountId, principalId });
  return access.ok ? access.value : null;
}
