import type { Delivery } from '../core/delivery.ts';
import { type JsonObject, objectOf, stringOf } from '../core/json.ts';
import type { Operation } from '../core/operation.ts';
import { endOperation } from '../core/operations.ts';
import type { ResourceBody } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { nextAttempt } from './retry-schedule.ts';
import { postEvents, validateWebhook } from './webhook.ts';

const inFlightPerSubscription = 16;
const inFlightInAll = 64;

/** What Event Grid has done since the start. */
export type DeliveryCounts = { delivered: number; givenUp: number; failedAttempts: number };

/**
 * Event Grid: carries waiting deliveries to their webhooks, one event a request, at least once, and does the handshakes
 * of new event subscriptions. `pump` starts what is due and returns when the next attempt is; `changed` is called whenever
 * something has ended, so that `pump` is called again.
 */
export function createEventGrid(world: World, scale: number, changed: () => void) {
  const inFlight = new Map<string, string>();
  let stopped = false;
  const counts: DeliveryCounts = { delivered: 0, givenUp: 0, failedAttempts: 0 };

  function pump(): number | null {
    for (const operation of world.store.running.values()) if (operation.dueAt === null) void handshake(operation);
    const now = world.clock.now();
    let next: number | null = null;
    for (const delivery of world.store.deliveries.values()) {
      if (inFlight.size >= inFlightInAll) break;
      if (delivery.dueAt > now) next = Math.min(next ?? delivery.dueAt, delivery.dueAt);
      else if (mayStart(delivery)) void attempt(delivery);
    }
    return next;
  }

  function mayStart({ id, subscriptionKey }: Delivery): boolean {
    if (inFlight.has(id)) return false;
    return [...inFlight.values()].filter((key) => key === subscriptionKey).length < inFlightPerSubscription;
  }

  async function attempt(delivery: Delivery): Promise<void> {
    const subscription = world.store.get(delivery.subscriptionKey)?.body;
    if (subscription === undefined) return finish(delivery, 'givenUp');
    inFlight.set(delivery.id, delivery.subscriptionKey);
    const events = [eventFor(subscription, delivery.event)];
    const status = await postEvents(endpointOf(subscription), 'Notification', subscription.name, events);
    inFlight.delete(delivery.id);
    if (stopped) return;
    settle(subscription, { ...delivery, attempts: delivery.attempts + 1 }, status);
    changed();
  }

  function settle(subscription: ResourceBody, delivery: Delivery, status: number): void {
    const age = world.clock.now() - delivery.publishedAt;
    const next = nextAttempt(status, delivery.attempts, age, policyOf(subscription), scale);
    if (next.kind === 'again') {
      counts.failedAttempts += 1;
      world.store.putDelivery({ ...delivery, dueAt: world.clock.now() + next.afterMilliseconds });
      world.store.commit();
    } else {
      finish(delivery, next.kind);
    }
  }

  function finish(delivery: Delivery, outcome: 'delivered' | 'givenUp'): void {
    counts[outcome] += 1;
    world.store.removeDelivery(delivery.id);
    world.store.commit();
  }

  async function handshake(operation: Operation): Promise<void> {
    const subscription = world.store.get(operation.resourceId)?.body;
    if (inFlight.has(operation.id)) return;
    if (subscription === undefined) return endOperation(world, operation);
    inFlight.set(operation.id, operation.id);
    const topic = stringOf(subscription.properties.topic) ?? '';
    const problem = await validateWebhook(endpointOf(subscription), topic, subscription.name);
    inFlight.delete(operation.id);
    if (stopped) return;
    const message = `Webhook validation handshake failed for ${endpointOf(subscription).split('?')[0]}: ${problem}.`;
    endOperation(world, operation, problem === undefined ? undefined : { code: 'Url validation', message });
    world.store.commit();
    changed();
  }

  /** Lets answers that are still under way change nothing any more. */
  function stop(): void {
    stopped = true;
  }

  return { pump, counts, stop };
}

/** An event in the schema that the subscription asked for. */
function eventFor(subscription: ResourceBody, event: JsonObject): JsonObject {
  if (subscription.properties.eventDeliverySchema !== 'CloudEventSchemaV1_0') return event;
  const { subject, topic, eventType, eventTime, id, data } = event;
  return { subject, source: topic, type: eventType, time: eventTime, id, data, specversion: '1.0' };
}

function endpointOf({ properties }: ResourceBody): string {
  return stringOf(objectOf(objectOf(properties.destination).properties).endpointUrl) ?? '';
}

function policyOf({ properties }: ResourceBody) {
  const { maxDeliveryAttempts, eventTimeToLiveInMinutes } = objectOf(properties.retryPolicy);
  return {
    maxDeliveryAttempts: Number(maxDeliveryAttempts ?? 30),
    eventTimeToLiveInMinutes: Number(eventTimeToLiveInMinutes ?? 1440),
  };
}
