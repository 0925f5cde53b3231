import { enqueue } from '../inbox/enqueue.ts';
import type { WorkRequest } from '../inbox/merge-request.ts';
import { type Destination, destinationOfAccount, destinationsOf } from '../policy/destinations.ts';
import type { CurrentPolicy } from '../policy/ruling.ts';
import type { DestinationBody } from '../records/destination-body.ts';
import { nameOf } from '../resource-id.ts';
import { listDestinations } from './list-destinations.ts';
import { isDueForCollection } from './retired-identities.ts';
import type { WorkContext } from './work-context.ts';

/** A sweep comes every quarter of an hour; an hour between two checks, less the time that a sweep may be early. */
const checkEveryMs = 55 * 60_000;

/** Puts an item into the lane of every destination that somebody has to look at. */
export async function checkDestinations({ port, now }: WorkContext, { policy, etag }: CurrentPolicy): Promise<void> {
  const inPolicy = destinationsOf(policy).map(({ storageAccountId }) => nameOf(storageAccountId).toLowerCase());
  const known = await listDestinations(port);
  for (const account of new Set([...known.keys(), ...inPolicy])) {
    const body = known.get(account) ?? null;
    const destination = destinationOfAccount(policy, account);
    // What is not in the policy any more is taken back, which only a policy that enforces does.
    if (!destination && policy.mode !== 'enforce') continue;
    const id = destination?.storageAccountId ?? body?.storageAccountId;
    if (!id || !needsLook(body, destination, now())) continue;
    const request: WorkRequest = {
      target: { kind: 'destination', id },
      reason: 'sweep',
      correlationId: 'sweep',
      policyEtag: etag,
    };
    await enqueue(port, { kind: 'destination', account }, [request], now(), 0);
  }
}

/**
 * Whether a destination is not known to be ready or was not looked at for an hour; or, where the policy does not name it any
 * more, something of ours is left. One that nobody has needed yet is made when somebody does, and one that is pending is being
 * made: asked for again, it would be tried twice. In audit mode it is only looked at, and nobody but the sweep asks for that.
 * Pure.
 */
export function needsLook(body: DestinationBody | null, destination: Destination | null, now: Date): boolean {
  const checkedAt = body?.checkedAt ?? null;
  const isFresh = checkedAt !== null && now.getTime() - Date.parse(checkedAt) < checkEveryMs;
  switch (destination?.mode) {
    case 'enforce':
      return body !== null && body.state !== 'pending' && !(body.state === 'ready' && isFresh);
    case 'audit':
      return !isFresh;
    case 'off':
      return false;
    case undefined:
      return (
        body !== null &&
        (body.intent.length > 0 || body.published !== null || body.retired.some((one) => isDueForCollection(one, now)))
      );
  }
}
