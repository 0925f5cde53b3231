import { EventType, executionStarted, type HistoryEvent } from '../../../infra/local/host/engine/history.ts';
import type { Turn } from './recording.ts';

/** The events without what differs from run to run: times of writing, and the id of the execution itself. */
export function withoutTimestamps(history: readonly HistoryEvent[]): unknown[] {
  return history.map(({ Timestamp: _at, ...event }) =>
    event.EventType === EventType.ExecutionStarted
      ? { ...event, OrchestrationInstance: { InstanceId: event.OrchestrationInstance.InstanceId } }
      : event,
  );
}

export function lastIndex(history: readonly HistoryEvent[], kind: number): number {
  return history.findLastIndex((event) => event.EventType === kind);
}

/** Which execution of which instance a turn belongs to. */
export function executionOf({ payload }: Turn): string {
  return `${payload.instanceId} ${executionStarted(payload.history)?.OrchestrationInstance.ExecutionId}`;
}
