import type { Delivery } from '../core/delivery.ts';
import { type JsonObject, objectOf } from '../core/json.ts';
import type { Operation } from '../core/operation.ts';
import { endOperation } from '../core/operations.ts';
import type { ResourceBody } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { batchesOf, batchLimitsOf } from './batches.ts';
import { type DeadLetters, deadLetterBlob, deadLetterContainer, outcomeOf } from './dead-letter.ts';
import { endpointOf, validateEndpoint } from './endpoint.ts';
import { nextAttempt } from './retry-schedule.ts';
import { postEvents } from './webhook.ts';

const requestsPerSubscription = 16;
const requestsInAll = 64;
const deadLetterAfterSeconds = 300;
const deadLetterWithinSeconds = 4 * 3600;

/** What Event Grid has done since the start; events, not requests. */
export type DeliveryCounts = { delivered: number; givenUp: number; failedAttempts: number; deadLettered: number };

/**
 * Event Grid: carries waiting deliveries to their endpoints, at least once, in batches where the event subscription asked for
 * them, and validates the endpoints of new event subscriptions. `pump` starts what is due and returns when the next attempt is;
 * `changed` is called whenever something has ended, so that `pump` is called again.
 */
export function createEventGrid(
  world: World,
  scale: number,
  deadLetters: DeadLetters | undefined,
  changed: () => void,
) {
  const busy = new Set<string>();
  const requests = new Map<string, number>();
  let stopped = false;
  const counts: DeliveryCounts = { delivered: 0, givenUp: 0, failedAttempts: 0, deadLettered: 0 };

  function pump(): number | null {
    for (const operation of world.store.running.values()) if (operation.dueAt === null) void validate(operation);
    const now = world.clock.now();
    const due = new Map<string, Delivery[]>();
    let next: number | null = null;
    for (const delivery of world.store.deliveries.values()) {
      if (delivery.dueAt > now) next = Math.min(next ?? delivery.dueAt, delivery.dueAt);
      else if (!busy.has(delivery.id)) take(due, delivery);
    }
    for (const [subscriptionKey, deliveries] of due) startAll(subscriptionKey, deliveries);
    return next;
  }

  /** No more than can be under way: what waits may be much more. */
  function take(due: Map<string, Delivery[]>, delivery: Delivery): void {
    const { subscriptionKey } = delivery;
    const taken = due.get(subscriptionKey) ?? [];
    const subscription = world.store.get(subscriptionKey)?.body;
    const perRequest = subscription === undefined ? 1 : batchLimitsOf(subscription).events;
    if (taken.length >= freeRequests(subscriptionKey) * perRequest) return;
    taken.push(delivery);
    due.set(subscriptionKey, taken);
  }

  function freeRequests(subscriptionKey: string): number {
    const all = [...requests.values()].reduce((sum, count) => sum + count, 0);
    return Math.min(requestsPerSubscription - (requests.get(subscriptionKey) ?? 0), requestsInAll - all);
  }

  function startAll(subscriptionKey: string, deliveries: readonly Delivery[]): void {
    const subscription = world.store.get(subscriptionKey)?.body;
    if (subscription === undefined) {
      for (const delivery of deliveries) finish(delivery, 'givenUp');
      world.store.commit();
      return;
    }
    const dead = deliveries.filter(({ deadBecause }) => deadBecause !== undefined);
    const alive = deliveries.filter(({ deadBecause }) => deadBecause === undefined);
    for (const letter of dead) start(subscriptionKey, [letter], () => bury(subscription, letter));
    for (const batch of batchesOf(alive, batchLimitsOf(subscription)))
      start(subscriptionKey, batch, () => deliver(subscription, batch));
  }

  function start(subscriptionKey: string, batch: readonly Delivery[], work: () => Promise<void>): void {
    if (freeRequests(subscriptionKey) <= 0) return;
    requests.set(subscriptionKey, (requests.get(subscriptionKey) ?? 0) + 1);
    for (const { id } of batch) busy.add(id);
    void work().finally(() => {
      requests.set(subscriptionKey, (requests.get(subscriptionKey) ?? 1) - 1);
      for (const { id } of batch) busy.delete(id);
      if (!stopped) changed();
    });
  }

  /** All events of a batch are delivered, or none. */
  async function deliver(subscription: ResourceBody, batch: readonly Delivery[]): Promise<void> {
    const attemptedAt = world.clock.now();
    const events = batch.map(({ event }) => eventFor(subscription, event));
    const status = await postEvents(endpointOf(world, subscription), subscription, events);
    if (stopped) return;
    const answeredAt = world.clock.now();
    for (const before of batch) {
      const attempts = before.attempts + 1;
      settle(subscription, { ...before, attempts, attemptedAt, lastOutcome: outcomeOf(status) }, status, answeredAt);
    }
    world.store.commit();
  }

  /** One time for a whole batch, so that it is due again as a whole. */
  function settle(subscription: ResourceBody, delivery: Delivery, status: number, answeredAt: number): void {
    const age = answeredAt - delivery.publishedAt;
    const next = nextAttempt(status, delivery.attempts, age, policyOf(subscription), scale);
    if (next.kind !== 'delivered') counts.failedAttempts += 1;
    if (next.kind === 'delivered') finish(delivery, 'delivered');
    else if (next.kind === 'again') keep(delivery, answeredAt + next.afterMilliseconds);
    else if (deadLetters === undefined || deadLetterContainer(subscription) === undefined) finish(delivery, 'givenUp');
    else {
      counts.givenUp += 1;
      keep({ ...delivery, deadBecause: next.because }, answeredAt + deadLetterAfterSeconds * 1000 * scale);
    }
  }

  /** Event Grid tries for four hours to write a dead letter, then drops it. */
  async function bury(subscription: ResourceBody, delivery: Delivery): Promise<void> {
    const now = world.clock.now();
    const blob = deadLetterBlob(subscription, delivery, eventFor(subscription, delivery.event), now);
    try {
      await deadLetters?.(deadLetterContainer(subscription) ?? '', blob.name, blob.text);
      counts.deadLettered += 1;
      if (!stopped) world.store.removeDelivery(delivery.id);
    } catch {
      const isTooLate = now - (delivery.attemptedAt ?? now) > deadLetterWithinSeconds * 1000 * scale;
      if (stopped) return;
      if (isTooLate) world.store.removeDelivery(delivery.id);
      else keep(delivery, world.clock.now() + deadLetterAfterSeconds * 1000 * scale);
    }
    if (!stopped) world.store.commit();
  }

  function keep(delivery: Delivery, dueAt: number): void {
    world.store.putDelivery({ ...delivery, dueAt });
  }

  function finish({ id }: Delivery, outcome: 'delivered' | 'givenUp'): void {
    counts[outcome] += 1;
    world.store.removeDelivery(id);
  }

  async function validate(operation: Operation): Promise<void> {
    const subscription = world.store.get(operation.resourceId)?.body;
    if (busy.has(operation.id)) return;
    if (subscription === undefined) return endOperation(world, operation);
    busy.add(operation.id);
    const problem = await validateEndpoint(world, subscription);
    busy.delete(operation.id);
    if (stopped) return;
    endOperation(world, operation, problem);
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

function policyOf({ properties }: ResourceBody) {
  const { maxDeliveryAttempts, eventTimeToLiveInMinutes } = objectOf(properties.retryPolicy);
  return {
    maxDeliveryAttempts: Number(maxDeliveryAttempts ?? 30),
    eventTimeToLiveInMinutes: Number(eventTimeToLiveInMinutes ?? 1440),
  };
}
