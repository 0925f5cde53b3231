import type { ErrorBody } from '../core/exchange.ts';
import { objectOf, stringOf } from '../core/json.ts';
import type { ResourceBody } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { validateWebhook } from './webhook.ts';

/** Where an event subscription's events go; empty for a function that is not there. */
export function endpointOf({ functions }: World, { properties }: ResourceBody): string {
  const { endpointUrl, resourceId } = objectOf(objectOf(properties.destination).properties);
  return stringOf(endpointUrl) ?? functions.get(String(resourceId).toLowerCase()) ?? '';
}

/** Whether events may go there: a function is only looked for, a webhook has to agree. Returns the error if they may not. */
export async function validateEndpoint(world: World, subscription: ResourceBody): Promise<ErrorBody | undefined> {
  const endpoint = endpointOf(world, subscription);
  if (objectOf(subscription.properties.destination).endpointType === 'AzureFunction') {
    return endpoint === '' ? { code: 'Endpoint validation', message: 'Destination endpoint not found.' } : undefined;
  }
  const problem = await validateWebhook(endpoint, subscription);
  const message = `Webhook validation handshake failed for ${endpoint.split('?')[0]}: ${problem}.`;
  return problem === undefined ? undefined : { code: 'Url validation', message };
}
