import type { EventGridEvent, InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { coversSubscription } from '../shared/decide/intent.ts';
import { type KnownIdentity, workOfEvent } from '../shared/events/event-work.ts';
import { readResourceEvent } from '../shared/events/resource-event.ts';
import { enqueue } from '../shared/inbox/enqueue.ts';
import { laneId } from '../shared/inbox/work-item.ts';
import { destinationsOf } from '../shared/policy/destinations.ts';
import type { Policy } from '../shared/policy/document.ts';
import { app } from './composition.ts';
import { workContext } from './work-context.ts';

/**
 * An event of Azure Resource Manager: parse, one row into the inbox, start the lane. No ARM request, so a throttled ARM
 * never makes Event Grid deliver again; what is malformed is logged and dropped, because a throw would bring its
 * neighbours back. Only an inbox that can't be written throws.
 */
async function onResourceEvent(
  body: EventGridEvent,
  client: df.DurableClient,
  context: InvocationContext,
): Promise<void> {
  const work = await workContext(context, client);
  const read = readResourceEvent(body);
  if (read.kind === 'malformed') return work.log.warn({ why: read.why }, 'event malformed');
  if (read.kind === 'ignored') return work.log.debug({ why: read.why }, 'event ignored');

  const { event } = read;
  const { settings } = await app();
  if (event.actorId && settings.principalId && samePrincipal(event.actorId, settings.principalId))
    return work.log.debug({ operation: event.operation }, 'own echo dropped');
  const policy = (await work.policies.current())?.policy ?? null;
  const found = workOfEvent(event, policy ? identitiesOf(policy) : []);
  if (!found) return work.log.debug({ operation: event.operation }, 'event ignored');

  const { lane, request } = found;
  if (lane.kind === 'subscription' && policy && !coversSubscription(policy, lane.subscriptionId)) {
    return work.log.info({ subscriptionId: lane.subscriptionId }, 'event of a subscription out of scope');
  }
  await enqueue(work.port, lane, [request], work.now(), policy?.limits.settleSeconds ?? 30);
  const { target, reason, correlationId } = request;
  work.log.info(
    { reason, targetKind: target.kind, targetId: target.id, lane: laneId(lane), correlationId, by: event.actorId },
    'work accepted',
  );
}

/** Azure writes object ids with dashes, and in some events without. */
function samePrincipal(one: string, other: string): boolean {
  return one.replaceAll('-', '').toLowerCase() === other.replaceAll('-', '').toLowerCase();
}

function identitiesOf(policy: Policy): KnownIdentity[] {
  return destinationsOf(policy).flatMap(({ identityId, storageAccountId }) =>
    identityId ? [{ identityId, storageAccountId }] : [],
  );
}

export function registerOnResourceEvent(): void {
  df.app.client.eventGrid('onResourceEvent', { handler: onResourceEvent });
}
