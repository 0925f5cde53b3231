import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type JsonObject, stringOf } from '../core/json.ts';
import type { ResourceBody } from '../core/resource-type.ts';

const answerWithinMilliseconds = 30_000;
const origin = 'eventgrid.azure.net';

/**
 * Posts events as Event Grid does: its own schema always as an array, a CloudEvent alone as an object, in a batch as an array.
 * Returns the status, or 0 when no answer came in 30 s.
 */
export async function postEvents(
  endpoint: string,
  subscription: ResourceBody,
  events: readonly JsonObject[],
): Promise<number> {
  const [first] = events;
  const isAlone = isCloudEvents(subscription) && events.length === 1;
  try {
    const response = await post(endpoint, 'Notification', subscription, isAlone && first ? first : events);
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

/**
 * The handshake before the first event: with Event Grid's schema the webhook has to send a code back, with CloudEvents it has
 * to allow the sender's origin. Returns why it failed, else `undefined`.
 */
export async function validateWebhook(endpoint: string, subscription: ResourceBody): Promise<string | undefined> {
  try {
    return isCloudEvents(subscription) ? await originProblem(endpoint) : await codeProblem(endpoint, subscription);
  } catch (error) {
    return `the webhook could not be reached (${error instanceof Error ? error.message : error})`;
  }
}

const answerSchema = z.object({ validationResponse: z.string() });

async function codeProblem(endpoint: string, subscription: ResourceBody): Promise<string | undefined> {
  const validationCode = randomUUID().toUpperCase();
  const event = {
    id: randomUUID(),
    topic: stringOf(subscription.properties.topic) ?? '',
    subject: '',
    data: { validationCode },
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    eventTime: new Date().toISOString(),
    metadataVersion: '1',
    dataVersion: '2',
  };
  const response = await post(endpoint, 'SubscriptionValidation', subscription, [event]);
  if (response.status !== 200) return `the webhook answered ${response.status}`;
  const answer = answerSchema.safeParse(await response.json());
  return answer.data?.validationResponse === validationCode
    ? undefined
    : 'the webhook did not send the validation code back';
}

async function originProblem(endpoint: string): Promise<string | undefined> {
  const headers = { 'WebHook-Request-Origin': origin };
  const response = await fetch(endpoint, { method: 'OPTIONS', headers, signal: timeout() });
  await response.arrayBuffer();
  if (response.status !== 200) return `the webhook answered ${response.status}`;
  const allowed = response.headers.get('WebHook-Allowed-Origin');
  return allowed === '*' || allowed === origin ? undefined : `the webhook does not allow the origin ${origin}`;
}

function post(
  endpoint: string,
  eventType: string,
  subscription: ResourceBody,
  body: JsonObject | readonly JsonObject[],
): Promise<Response> {
  const kind = Array.isArray(body) ? 'cloudevents-batch+json' : 'cloudevents+json';
  return fetch(endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': `application/${isCloudEvents(subscription) ? kind : 'json'}; charset=utf-8`,
      'aeg-event-type': eventType,
      'aeg-subscription-name': subscription.name.toUpperCase(),
      'aeg-delivery-count': '0',
      'aeg-data-version': '2',
      'aeg-metadata-version': '1',
    },
    body: JSON.stringify(body),
    signal: timeout(),
  });
}

function isCloudEvents({ properties }: ResourceBody): boolean {
  return properties.eventDeliverySchema === 'CloudEventSchemaV1_0';
}

function timeout(): AbortSignal {
  return AbortSignal.timeout(answerWithinMilliseconds);
}
