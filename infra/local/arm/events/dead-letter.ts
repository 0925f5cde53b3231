import { isoTime } from '../core/clock.ts';
import type { Delivery } from '../core/delivery.ts';
import { type JsonObject, objectOf, stringOf } from '../core/json.ts';
import type { ResourceBody } from '../core/resource-type.ts';

/** Keeps an event that could not be delivered; throws when the container cannot be reached. */
export type DeadLetters = (container: string, blobName: string, text: string) => Promise<void>;

/**
 * Dead letters go to one storage account (Azurite's own), whichever account a subscription names: the function app's, which
 * reads them back. The container has to be there, as in Azure.
 */
export function createDeadLetters(connectionString: string): DeadLetters {
  return async (container, blobName, text) => {
    // Loaded only where it is used: it would double the time that the simulator needs to start.
    const { BlobServiceClient } = await import('@azure/storage-blob');
    const service = BlobServiceClient.fromConnectionString(connectionString);
    await service.getContainerClient(container).getBlockBlobClient(blobName).upload(text, Buffer.byteLength(text));
  };
}

/** The container where an event subscription wants its dead letters; `undefined` when it wants none. */
export function deadLetterContainer({ properties }: ResourceBody): string | undefined {
  const withIdentity = objectOf(properties.deadLetterWithResourceIdentity).deadLetterDestination;
  const destination = objectOf(properties.deadLetterDestination ?? withIdentity);
  return stringOf(objectOf(destination.properties).blobContainerName);
}

/** The blob of a dead letter: an array of one event with the fields that Event Grid adds, in a folder of the hour. */
export function deadLetterBlob(subscription: ResourceBody, delivery: Delivery, event: JsonObject, now: number) {
  const at = new Date(now);
  const folder = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours()].join('/');
  const letter = {
    ...event,
    deadLetterReason: delivery.deadBecause,
    deliveryAttempts: delivery.attempts,
    lastDeliveryOutcome: delivery.lastOutcome ?? 'Unknown',
    publishTime: isoTime(delivery.publishedAt),
    lastDeliveryAttemptTime: isoTime(delivery.attemptedAt ?? now),
  };
  return { name: `${subscription.name.toUpperCase()}/${folder}/${delivery.id}.json`, text: JSON.stringify([letter]) };
}

/** What Event Grid calls the outcome of an attempt. */
export function outcomeOf(status: number): string {
  const known: Record<number, string> = {
    0: 'TimedOut',
    400: 'BadRequest',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'NotFound',
    413: 'PayloadTooLarge',
    503: 'Busy',
  };
  return known[status] ?? 'GenericError';
}
