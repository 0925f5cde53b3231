import type { Delivery } from '../core/delivery.ts';
import { objectOf } from '../core/json.ts';
import type { ResourceBody } from '../core/resource-type.ts';

/** How much an event subscription takes in one request: one event unless it asked for more. */
export type BatchLimits = { readonly events: number; readonly bytes: number };

const defaultKilobytes = 64;

/** What an event subscription asked for; either of its two settings switches batching on. */
export function batchLimitsOf({ properties }: ResourceBody): BatchLimits {
  const { maxEventsPerBatch, preferredBatchSizeInKilobytes } = objectOf(objectOf(properties.destination).properties);
  const isBatching = maxEventsPerBatch !== undefined || preferredBatchSizeInKilobytes !== undefined;
  const events = Number(maxEventsPerBatch ?? (isBatching ? 5_000 : 1));
  return { events, bytes: Number(preferredBatchSizeInKilobytes ?? defaultKilobytes) * 1024 };
}

/**
 * Puts deliveries of one event subscription together, in their order: no more in a batch than it takes, nor more bytes than it
 * prefers, except for a single event that is larger. Nobody waits for a batch to fill.
 */
export function batchesOf(
  deliveries: readonly Delivery[],
  { events, bytes }: BatchLimits,
): readonly (readonly Delivery[])[] {
  const batches: Delivery[][] = [];
  let size = 0;
  for (const delivery of deliveries) {
    const last = batches.at(-1);
    const added = Buffer.byteLength(JSON.stringify(delivery.event));
    if (last === undefined || last.length >= events || size + added > bytes) {
      batches.push([delivery]);
      size = added;
    } else {
      last.push(delivery);
      size += added;
    }
  }
  return batches;
}
