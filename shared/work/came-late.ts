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
 * had taken it back and settled by then. It has our tag, no run has noted it, no flow log was ever told of it, and nothing uses
 * it: which is asked of Azure only where all else is so.
 */
export async function cameLate(
  context: WorkContext,
  body: DestinationBody,
  destination: Destination,
  { identity, access }: ObservedDestination,
): Promise<boolean> {
  const { identityId, ours } = destination;
  if (!identityId || !ours || !identity || access || !context.isOurs(identity.tags)) return false;
  const known = [
    ...body.intent.map(({ resourceId }) => resourceId),
    ...body.retired.map((one) => one.identityId ?? ''),
  ];
  const isKnown = isPublished(body, destination) || known.some((id) => sameId(id, identityId));
  return !isKnown && !(await mayBeInUse(context, identityId));
}
