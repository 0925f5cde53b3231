import { readDestination, writeDestination } from '../inbox/destination-row.ts';
import { enqueue } from '../inbox/enqueue.ts';
import type { Problem } from '../problem.ts';
import { destinationBody } from '../records/destination-body.ts';
import { nameOf } from '../resource-id.ts';
import type { WorkContext } from './work-context.ts';

/** Codes by which Azure says that the log's identity or account is not what it was when the destination was published. */
const suspectCodes = new Set([
  'AuthorizationFailed',
  'LinkedAuthorizationFailed',
  'FailedIdentityOperation',
  'PrincipalNotFound',
  'InvalidResourceReference',
  'NotVerified',
]);

/** A thousand networks that fail for one reason ask for one look, not for a thousand. */
const trustedMs = 2 * 60_000;

/**
 * A flow log failed for a reason that may lie in its destination: that is looked at again, at once, and nobody uses it
 * until then. It may have to be provided anew, which binds its logs again.
 */
export async function suspectDestination(
  { port, log }: WorkContext,
  storageAccountId: string,
  { code }: Problem,
  correlationId: string,
  now: Date,
): Promise<void> {
  if (!suspectCodes.has(code)) return;
  const account = nameOf(storageAccountId).toLowerCase();
  const row = await readDestination(port, account);
  const body = row && destinationBody.parse(row.body);
  if (!body?.checkedAt || now.getTime() - Date.parse(body.checkedAt) < trustedMs) return;
  // A conflict: somebody is at it already.
  if (body.state === 'ready') await writeDestination(port, account, row, { ...body, state: 'suspect' }, 'noted');
  log.warn({ account, code }, 'destination suspected');
  const request = {
    target: { kind: 'destination' as const, id: storageAccountId },
    reason: 'tamper' as const,
    correlationId,
  };
  await enqueue(port, { kind: 'destination', account }, [request], now, 0);
}
