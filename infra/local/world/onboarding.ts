import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import eventFilter from '../../azure/event-filter.json' with { type: 'json' };
import type { EnvironmentFile } from './env-file.ts';
import { StartError } from './start-error.ts';

// What someone who deploys Flowkeeper to Azure does once, done here at every start: subscribe to the events, state the policy.

const eventSubscriptionVersion = '2025-02-15';
const eventSubscriptionName = 'flowkeeper';
const armResource = 'https://management.azure.com';
const subscribePatienceMs = 30_000;
const tokenAnswer = z.object({ access_token: z.string() });
const eventSubscriptionAnswer = z.object({ properties: z.object({ provisioningState: z.string() }) });

/**
 * Points the events of every subscription at the function app, as the operator, and waits until Event Grid has accepted its endpoint.
 */
export async function registerEvents(environment: EnvironmentFile): Promise<void> {
  const token = await requestToken(environment);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify(eventSubscription(environment.eventGridUrl));
  await Promise.all(
    environment.subscriptions.map(async ({ id, name }) => {
      const path = `/subscriptions/${id}/providers/Microsoft.EventGrid/eventSubscriptions/${eventSubscriptionName}`;
      const url = `${environment.armEndpoint}${path}?api-version=${eventSubscriptionVersion}`;
      await callArm(url, { method: 'PUT', headers, body });
      await untilSucceeded(url, headers, name);
    }),
  );
}

function eventSubscription(endpointUrl: string): unknown {
  return {
    properties: {
      destination: { endpointType: 'WebHook', properties: { endpointUrl } },
      filter: {
        includedEventTypes: eventFilter.includedEventTypes,
        advancedFilters: [{ operatorType: 'StringIn', key: 'data.operationName', values: eventFilter.operationNames }],
      },
      eventDeliverySchema: 'EventGridSchema',
      retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 },
    },
  };
}

async function untilSucceeded(url: string, headers: Record<string, string>, subscription: string): Promise<void> {
  const deadline = Date.now() + subscribePatienceMs;
  for (;;) {
    const state = eventSubscriptionAnswer.parse(await callArm(url, { headers })).properties.provisioningState;
    if (state === 'Succeeded') return;
    if (state === 'Failed' || Date.now() > deadline) {
      throw new StartError(`The events of ${subscription} can't be subscribed to: the event subscription is ${state}.`);
    }
    await delay(50);
  }
}

async function callArm(url: string, init: RequestInit): Promise<unknown> {
  const answer = await fetch(url, init);
  if (!answer.ok) {
    throw new StartError(`ARM answered ${answer.status} to ${new URL(url).pathname}: ${await answer.text()}`);
  }
  return answer.json();
}

/** A token for ARM from the identity endpoint, by App Service's protocol (api-version 2019-08-01). */
async function requestToken(environment: EnvironmentFile): Promise<string> {
  const url = new URL(environment.identityEndpoint);
  url.search = new URLSearchParams({
    resource: armResource,
    'api-version': '2019-08-01',
    client_id: environment.operatorClientId,
  }).toString();
  const answer = await fetch(url, { headers: { 'x-identity-header': environment.identityHeader } });
  if (!answer.ok) throw new StartError(`The identity endpoint answered ${answer.status} to the operator.`);
  return tokenAnswer.parse(await answer.json()).access_token;
}

/** The policy in force; where there is none, `example` is stated first. Null when there is none to state either. */
export async function ensurePolicy(
  functions: { readonly url: string; readonly functionKey: string | null },
  example: string | undefined,
): Promise<unknown> {
  const url = `${functions.url}/api/policy`;
  const headers = {
    'content-type': 'application/json',
    ...(functions.functionKey === null ? {} : { 'x-functions-key': functions.functionKey }),
  };
  const current = await fetch(url, { headers });
  if (current.ok) return current.json();
  // Nothing to state: who signs in may state one, where the app asks for a sign-in.
  if (example === undefined) return null;
  if (current.status !== 404)
    throw new StartError(`GET /api/policy answered ${current.status}: ${await current.text()}`);
  const put = await fetch(url, { method: 'PUT', headers: { ...headers, 'if-none-match': '*' }, body: example });
  if (!put.ok) throw new StartError(`PUT /api/policy answered ${put.status}: ${await put.text()}`);
  return JSON.parse(example);
}
