import type { TokenCredential } from '@azure/core-auth';
import { EventGridPublisherClient } from '@azure/eventgrid';
import type { StateChange } from './state-change.ts';

/** Tells the world about changes of state. Throws where Event Grid did not take them. */
export type Topic = { send(changes: readonly StateChange[]): Promise<void> };

/** Changes go to an Event Grid topic as CloudEvents; without an endpoint there is no topic. */
export function openTopic(endpoint: string | null, credential: TokenCredential): Topic | null {
  if (!endpoint) return null;
  const client = new EventGridPublisherClient(endpoint, 'CloudEvent', credential);
  return {
    async send(changes) {
      await client.send(
        changes.map(({ id, networkId, at, ...data }) => ({
          id,
          type: 'Flowkeeper.Network.StateChanged',
          source: '/flowkeeper',
          subject: networkId,
          time: new Date(at),
          data,
        })),
      );
    },
  };
}
