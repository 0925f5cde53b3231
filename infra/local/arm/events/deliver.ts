import type { Delivery } from '../core/delivery.ts';
import type { ErrorBody } from '../core/exchange.ts';
import { type JsonObject, objectOf, stringOf } from '../core/json.ts';
import type { Operation } from '../core/operation.ts';
import { endOperation } from '../core/operations.ts';
import type { ResourceBody } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { type DeadLetters, deadLetterBlob, deadLetterContainer, outcomeOf } from './dead-letter.ts';
import { nextAttempt } from './retry-schedule.ts';
import { postEvents, validateWebhook } from './webhook.ts';

const inFlightPerSubscription = 16;
const inFlightInAll = 64;
const deadLetterAfterSeconds = 300;
const deadLetterWithinSeconds = 4 * 3600;

/** What Event Grid has done since the start. */
export type DeliveryCounts = { delivered: number; givenUp: number; failedAttempts: number; deadLettered: number };

/**
 * Event Grid: carries waiting deliveries to their webhooks, one event a request, at least once, and does the handshakes
 * of new event subscriptions. `pump` starts what is due and returns when the next attempt is; `changed` is called whenever
 * something has ended, so that `pump` is called again.
 */
export function createEventGrid(
  world: World,
  scale: number,
  deadLetters: DeadLetters | undefined,
  changed: () => void,
) {
  const inFlight = new Map<string, string>();
  let stopped = false;
  const counts: DeliveryCounts = { delivered: 0, givenUp: 0, failedAttempts: 0, deadLettered: 0 };

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
    if (delivery.deadBecause !== undefined) await bury(subscription, delivery);
    else await deliver(subscription, delivery);
    inFlight.delete(delivery.id);
    if (!stopped) changed();
  }

  async function deliver(subscription: ResourceBody, before: Delivery): Promise<void> {
    const attemptedAt = world.clock.now();
    const events = [eventFor(subscription, before.event)];
    const status = await postEvents(endpointOf(world, subscription), 'Notification', subscription.name, events);
    if (stopped) return;
    const delivery = { ...before, attempts: before.attempts + 1, attemptedAt, lastOutcome: outcomeOf(status) };
    const next = nextAttempt(
      status,
      delivery.attempts,
      world.clock.now() - delivery.publishedAt,
      policyOf(subscription),
      scale,
    );
    if (next.kind === 'delivered') return finish(delivery, 'delivered');
    counts.failedAttempts += 1;
    if (next.kind === 'again') return keep(delivery, next.afterMilliseconds);
    counts.givenUp += 1;
    if (deadLetters === undefined || deadLetterContainer(subscription) === undefined) return forget(delivery);
    keep({ ...delivery, deadBecause: next.because }, deadLetterAfterSeconds * 1000 * scale);
  }

  /** Event Grid tries for four hours to write a dead letter, then drops it. */
  async function bury(subscription: ResourceBody, delivery: Delivery): Promise<void> {
    const now = world.clock.now();
    const blob = deadLetterBlob(subscription, delivery, eventFor(subscription, delivery.event), now);
    try {
      await deadLetters?.(deadLetterContainer(subscription) ?? '', blob.name, blob.text);
      counts.deadLettered += 1;
      if (!stopped) forget(delivery);
    } catch {
      const isTooLate = now - (delivery.attemptedAt ?? now) > deadLetterWithinSeconds * 1000 * scale;
      if (stopped) return;
      if (isTooLate) forget(delivery);
      else keep(delivery, deadLetterAfterSeconds * 1000 * scale);
    }
  }

  function keep(delivery: Delivery, afterMilliseconds: number): void {
    world.store.putDelivery({ ...delivery, dueAt: world.clock.now() + afterMilliseconds });
    world.store.commit();
  }

  function forget({ id }: Delivery): void {
    world.store.removeDelivery(id);
    world.store.commit();
  }

  function finish(delivery: Delivery, outcome: 'delivered' | 'givenUp'): void {
    counts[outcome] += 1;
    forget(delivery);
  }

  async function handshake(operation: Operation): Promise<void> {
    const subscription = world.store.get(operation.resourceId)?.body;
    if (inFlight.has(operation.id)) return;
    if (subscription === undefined) return endOperation(world, operation);
    inFlight.set(operation.id, operation.id);
    const problem = await validated(subscription);
    inFlight.delete(operation.id);
    if (stopped) return;
    endOperation(world, operation, problem);
    world.store.commit();
    changed();
  }

  /** A function is only looked for, a webhook has to answer the handshake. */
  async function validated(subscription: ResourceBody): Promise<ErrorBody | undefined> {
    const endpoint = endpointOf(world, subscription);
    if (objectOf(subscription.properties.destination).endpointType === 'AzureFunction') {
      return endpoint === '' ? { code: 'Endpoint validation', message: 'Destination endpoint not found.' } : undefined;
    }
    const problem = await validateWebhook(endpoint, stringOf(subscription.properties.topic) ?? '', subscription.name);
    const message = `Webhook validation handshake failed for ${endpoint.split('?')[0]}: ${problem}.`;
    return problem === undefined ? undefined : { code: 'Url validation', message };
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

/** Where events go; empty for a function that is not there. */
function endpointOf({ functions }: World, { properties }: ResourceBody): string {
  const { endpointUrl, resourceId } = objectOf(objectOf(properties.destination).properties);
  return stringOf(endpointUrl) ?? functions.get(String(resourceId).toLowerCase()) ?? '';
}

function policyOf({ properties }: ResourceBody) {
  const { maxDeliveryAttempts, eventTimeToLiveInMinutes } = objectOf(properties.retryPolicy);
  return {
    maxDeliveryAttempts: Number(maxDeliveryAttempts ?? 30),
    eventTimeToLiveInMinutes: Number(eventTimeToLiveInMinutes ?? 1440),
  };
}
