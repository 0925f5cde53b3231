import type { EventGridEvent, InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { acceptEvent } from '../shared/work/accept-event.ts';
import { app } from './composition.ts';
import { workContext } from './work-context.ts';

/** An event of Azure Resource Manager. What is malformed is logged and dropped: a throw would bring its neighbours back. */
async function onResourceEvent(
  event: EventGridEvent,
  client: df.DurableClient,
  context: InvocationContext,
): Promise<void> {
  const { settings } = await app();
  await acceptEvent(await workContext(context, client), event, settings.principalId);
}

export function registerOnResourceEvent(): void {
  df.app.client.eventGrid('onResourceEvent', { handler: onResourceEvent });
}
