import type { Destination } from '../policy/destinations.ts';
import type { DestinationBody } from '../records/destination-body.ts';
import { sameId } from '../resource-id.ts';
import type { ObservedDestination } from './observe-destination.ts';
import { mayBeInUse } from './retired-identities.ts';
import type { WorkContext } from './work-context.ts';

/** Whether flow logs were told of the identity that the destination asks for. Pure. */
export function isPublished({ published }: DestinationBody, { identityId }: Destination): boolean {
  return published !== null && identityId !== null && sameId(published.identityId, identityId);
}

/**
 * Whether the identity is there because Azure heard late of it: a process that died had asked for it, and whoever came after
 * had taken it back and settled by then. It has our tag, no flow log was ever told of it, and nothing uses it.
 */
export async function cameLate(
  context: WorkContext,
  body: DestinationBody,
  destination: Destination,
  { identity, access }: ObservedDestination,
): Promise<boolean> {
  const { identityId, ours } = destination;
  if (!identityId || !ours || !identity || access || !context.isOurs(identity.tags)) return false;
  const isKnown =
    isPublished(body, destination) || body.retired.some((one) => sameId(one.identityId ?? '', identityId));
  return !isKnown && !(await mayBeInUse(context, identityId));
}
