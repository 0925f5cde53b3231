import type { DurableClient, DurableOrchestrationStatus } from 'durable-functions';
import type { RunInput } from '../orchestrations/contracts.ts';
import type { RunStatus, Runs } from '../shared/inbox/lane-port.ts';
import type { LaneKey } from '../shared/inbox/work-item.ts';

const orchestrators: Record<LaneKey['kind'], string> = {
  subscription: 'enforceSubscription',
  destination: 'provideDestination',
};

/** Lane runs as durable instances. */
export function durableRuns(client: DurableClient): Runs {
  return {
    async startRun(instanceId, lane, generation) {
      const input: RunInput = { lane, generation };
      return (await started(client, orchestrators[lane.kind], instanceId, input)) ? 'started' : 'refused';
    },

    async runStatus(instanceId) {
      const status = await findStatus(client, instanceId);
      if (!status) return null;
      const state = String(status.runtimeStatus) as RunStatus['state'];
      return { state, createdAt: new Date(status.createdTime).toISOString() };
    },

    async terminateRun(instanceId, reason) {
      // The SDK puts the reason into the address as it is.
      await client.terminate(instanceId, encodeURIComponent(reason)).catch(() => undefined);
    },
  };
}

/** Starts an instance; false where that was refused, most often because it is running. */
export async function started(
  client: DurableClient,
  orchestrator: string,
  instanceId: string,
  input: unknown,
): Promise<boolean> {
  return client.startNew(orchestrator, { instanceId, input }).then(
    () => true,
    () => false,
  );
}

/** The SDK throws for an unknown instance, and tells it from other failures only in the text. */
async function findStatus(client: DurableClient, instanceId: string): Promise<DurableOrchestrationStatus | null> {
  try {
    return await client.getStatus(instanceId);
  } catch (error) {
    if (error instanceof Error && error.message.includes('HTTP 404')) return null;
    throw error;
  }
}
