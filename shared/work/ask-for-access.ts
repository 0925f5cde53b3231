import { enqueue } from '../inbox/enqueue.ts';
import { isByPerson } from '../inbox/work-item.ts';
import { nameOf } from '../resource-id.ts';
import type { NetworkItem, RecordedPlan } from './network-item.ts';
import type { WorkContext } from './work-context.ts';

/**
 * A right that the log's identity lacks, or an identity that is gone, is for the destination's lane to mend. A network that lacks nothing else asks
 * for no destination by itself; a person who asks for that network asks for it, and unparks it.
 */
export async function askForAccess(
  { port }: WorkContext,
  { rows }: NetworkItem,
  { verdict, desired, policyEtag }: RecordedPlan,
  now: Date,
): Promise<void> {
  const asked = rows.find(({ reason }) => isByPerson(reason));
  const lacks =
    'drifts' in verdict &&
    verdict.drifts.some(({ check }) => check === 'roleAssignmentMissing' || check === 'identityGone');
  if (!asked || !lacks || !desired) return;
  const { storageAccountId } = desired;
  const target = { kind: 'destination' as const, id: storageAccountId };
  const { reason, correlationId } = asked;
  const lane = { kind: 'destination' as const, account: nameOf(storageAccountId).toLowerCase() };
  await enqueue(port, lane, [{ target, reason, correlationId, policyEtag }], now, 0);
}
