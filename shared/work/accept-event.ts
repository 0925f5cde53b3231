import { coverageOf } from '../decide/coverage.ts';
import { type KnownIdentity, workOfEvent } from '../events/event-work.ts';
import { readResourceEvent } from '../events/resource-event.ts';
import { enqueue } from '../inbox/enqueue.ts';
import { laneId } from '../inbox/work-item.ts';
import { destinationsOf } from '../policy/destinations.ts';
import type { Policy } from '../policy/document.ts';
import { noteEvent } from './look-at-subscriptions.ts';
import type { WorkContext } from './work-context.ts';

/** What became of an event: a row in the inbox, nothing of ours, or nothing that can be read. */
export type Accepted = 'accepted' | 'ignored' | 'malformed';

/**
 * Takes an event of Azure Resource Manager in: parse, one row into the inbox, start the lane. No ARM request, so a throttled
 * ARM never makes Event Grid deliver again. Throws only where the inbox can't be written. Events of `appPrincipalId` are
 * echoes of our own writes.
 */
export async function acceptEvent(
  context: WorkContext,
  body: unknown,
  appPrincipalId: string | null,
): Promise<Accepted> {
  const { port, policies, log, now } = context;
  const read = readResourceEvent(body);
  if (read.kind !== 'event') {
    log[read.kind === 'malformed' ? 'warn' : 'debug']({ why: read.why }, `event ${read.kind}`);
    return read.kind;
  }
  const { event } = read;
  await noteEvent(context, event.subscriptionId);
  if (event.actorId && appPrincipalId && samePrincipal(event.actorId, appPrincipalId)) {
    log.debug({ operation: event.operation }, 'own echo dropped');
    return 'ignored';
  }
  const policy = (await policies.current())?.policy ?? null;
  const found = workOfEvent(event, policy ? identitiesOf(policy) : []);
  if (!found) {
    log.debug({ operation: event.operation }, 'event ignored');
    return 'ignored';
  }
  const { lane } = found;
  const request = { ...found.request, ...(event.actorId ? { by: withDashes(event.actorId) } : {}) };
  if (lane.kind === 'subscription' && policy && coverageOf(policy, lane.subscriptionId, null) === 'out') {
    log.info({ subscriptionId: lane.subscriptionId }, 'event of a subscription out of scope');
    return 'ignored';
  }
  await enqueue(port, lane, [request], now(), policy?.limits.settleSeconds ?? 30);
  const { target, reason, correlationId } = request;
  log.info(
    { reason, targetKind: target.kind, targetId: target.id, lane: laneId(lane), correlationId, by: event.actorId },
    'work accepted',
  );
  return 'accepted';
}

/** Azure writes object ids with dashes, and in some events without. */
function samePrincipal(one: string, other: string): boolean {
  return one.replaceAll('-', '').toLowerCase() === other.replaceAll('-', '').toLowerCase();
}

function withDashes(objectId: string): string {
  return objectId.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})([^-]{12})$/, '$1-$2-$3-$4-$5');
}

function identitiesOf(policy: Policy): KnownIdentity[] {
  return destinationsOf(policy).flatMap(({ identityId, storageAccountId }) =>
    identityId ? [{ identityId, storageAccountId }] : [],
  );
}
