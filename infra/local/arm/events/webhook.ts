import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { JsonObject } from '../core/json.ts';

const answerWithinMilliseconds = 30_000;

/** Posts events to a webhook as Event Grid does. Returns the status, or 0 when no answer came in 30 s. */
export async function postEvents(
  endpoint: string,
  eventType: string,
  subscriptionName: string,
  events: readonly JsonObject[],
): Promise<number> {
  try {
    const response = await post(endpoint, eventType, subscriptionName, events);
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

const answerSchema = z.object({ validationResponse: z.string() });

/** The handshake before the first event: the webhook has to send the code back. Returns why it failed, else `undefined`. */
export async function validateWebhook(
  endpoint: string,
  topic: string,
  subscriptionName: string,
): Promise<string | undefined> {
  const validationCode = randomUUID().toUpperCase();
  const event = {
    id: randomUUID(),
    topic,
    subject: '',
    data: { validationCode },
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    eventTime: new Date().toISOString(),
    metadataVersion: '1',
    dataVersion: '2',
  };
  try {
    const response = await post(endpoint, 'SubscriptionValidation', subscriptionName, [event]);
    if (response.status !== 200) return `the webhook answered ${response.status}`;
    const answer = answerSchema.safeParse(await response.json());
    return answer.data?.validationResponse === validationCode
      ? undefined
      : 'the webhook did not send the validation code back';
  } catch (error) {
    return `the webhook could not be reached (${error instanceof Error ? error.message : error})`;
  }
}

function post(
  endpoint: string,
  eventType: string,
  subscriptionName: string,
  events: readonly JsonObject[],
): Promise<Response> {
  return fetch(endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'aeg-event-type': eventType,
      'aeg-subscription-name': subscriptionName.toUpperCase(),
      'aeg-delivery-count': '0',
      'aeg-data-version': '2',
      'aeg-metadata-version': '1',
    },
    body: JSON.stringify(events),
    signal: AbortSignal.timeout(answerWithinMilliseconds),
  });
}
