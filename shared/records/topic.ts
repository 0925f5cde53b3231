import type { TokenCredential } from '@azure/core-auth';
import { EventGridPublisherClient } from '@azure/eventgrid';
import type { NetworkRecord } from './network-record.ts';

/** Tells the world about changes of state. */
export type Topic = {
  /** `id` is the same for the same change, so that a repeat can be told from a second change. */
  stateChanged(id: string, before: string | null, record: NetworkRecord): Promise<void>;
};

/** Changes go to an Event Grid topic as CloudEvents; without a topic nowhere. */
export function openTopic(endpoint: string | null, credential: TokenCredential): Topic {
  if (!endpoint) return { stateChanged: () => Promise.resolve() };
  const client = new EventGridPublisherClient(endpoint, 'CloudEvent', credential);
  return {
    async stateChanged(id, before, record) {
      const { state, drifts, problem, because, policyHash, checkedAt } = record;
      await client.send([
        {
          id,
          type: 'Flowkeeper.Network.StateChanged',
          source: '/flowkeeper',
          subject: record.id,
          time: new Date(checkedAt),
          data: { before, after: state, because, drifts, problem, policyHash },
        },
      ]);
    },
  };
}
