import { readGrants } from '../azure/role-grants.ts';
import { whySilent } from '../decide/delivery.ts';
import { letsFlowLogsIn } from '../decide/destination/blocks.ts';
import type { StorageFacts } from '../decide/destination/facts.ts';
import { mayWriteBlobs } from '../decide/destination/grants.ts';
import { readDestination } from '../inbox/destination-row.ts';
import type { Problem } from '../problem.ts';
import { destinationBody } from '../records/destination-body.ts';
import { nameOf } from '../resource-id.ts';
import type { LoggedNetwork } from './look-for-arrivals.ts';
import type { WorkContext } from './work-context.ts';

/** The most probable reason why a log does not arrive, from what Azure shows of its identity and account. One request. */
export async function reasonOfSilence(
  context: WorkContext,
  { flowLogId, storageAccountId, identityId }: LoggedNetwork,
  account: StorageFacts,
): Promise<Problem> {
  return whySilent({
    flowLogId,
    storageAccountId,
    identityId,
    mayWrite: await mayWrite(context, storageAccountId),
    // What a perimeter lets in can't be seen from here; of a log that is silent behind one it is the first guess.
    trustedServicesMayEnter: letsFlowLogsIn(account) && account.publicNetworkAccess !== 'SecuredByPerimeter',
    keysAllowed: account.keysAllowed,
  });
}

/** Null where the principal is not known, or could not be asked about. */
async function mayWrite({ clients, port }: WorkContext, storageAccountId: string): Promise<boolean | null> {
  const row = await readDestination(port, nameOf(storageAccountId));
  const { principalId } = row ? destinationBody.parse(row.body) : { principalId: null };
  if (!principalId) return null;
  const grants = await readGrants(clients, storageAccountId, principalId);
  return grants.ok ? mayWriteBlobs(grants.value) : null;
}
