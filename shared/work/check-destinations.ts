import { readDestination } from '../inbox/destination-row.ts';
import { enqueue } from '../inbox/enqueue.ts';
import type { WorkRequest } from '../inbox/merge-request.ts';
import { parseLaneId } from '../inbox/work-item.ts';
import { destinationOfAccount } from '../policy/destinations.ts';
import { destinationBody } from '../records/destination-body.ts';
import type { CurrentPolicy } from '../records/policy-store.ts';
import type { WorkContext } from './work-context.ts';

/** A sweep comes every quarter of an hour; an hour between two checks, less the time that a sweep may be early. */
const checkEveryMs = 55 * 60_000;

/**
 * Puts an item into the lane of every destination that is not known to be ready, or was not looked at for an hour, or
 * of which something of ours is left. One that nobody has needed yet is made when somebody does.
 */
export async function checkDestinations({ port, now }: WorkContext, { policy, etag }: CurrentPolicy): Promise<void> {
  for (const id of await port.listLanes()) {
    const lane = parseLaneId(id);
    const row = lane.kind === 'destination' ? await readDestination(port, lane.account) : null;
    if (lane.kind !== 'destination' || !row) continue;
    const { state, checkedAt, storageAccountId, intent } = destinationBody.parse(row.body);
    const wanted = destinationOfAccount(policy, lane.account)?.mode === 'enforce';
    const fresh = state === 'ready' && checkedAt !== null && now().getTime() - Date.parse(checkedAt) < checkEveryMs;
    if (!storageAccountId || (wanted ? fresh : intent.length === 0)) continue;
    const target = { kind: 'destination' as const, id: storageAccountId };
    const request: WorkRequest = { target, reason: 'sweep', correlationId: 'sweep', policyEtag: etag };
    await enqueue(port, lane, [request], now(), 0);
  }
}
