import { EventType, type HistoryEvent, type RuntimeStatus } from './history.ts';

/** The status that a history shows, with the output: the result, or the reason of a failure, termination or suspension. */
export function statusOf(history: readonly HistoryEvent[]): { status: RuntimeStatus; output: string | null } {
  let suspension: { reason: string | null } | null = null;
  for (const event of history) {
    if (event.EventType === EventType.ExecutionCompleted)
      return { status: event.OrchestrationStatus, output: event.Result };
    if (event.EventType === EventType.ExecutionSuspended) suspension = { reason: event.Reason };
    if (event.EventType === EventType.ExecutionResumed) suspension = null;
  }
  return suspension ? { status: 'Suspended', output: suspension.reason } : { status: 'Running', output: null };
}

/** Whether nothing more can happen to an instance in this status. */
export function isEnded(status: RuntimeStatus): boolean {
  return status === 'Completed' || status === 'Failed' || status === 'Terminated';
}
