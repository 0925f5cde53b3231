import { EventType, executionStarted, type HistoryEvent, type ParentInstance } from './history.ts';
import { isEnded, statusOf } from './status.ts';

/** What an instance's messages mean for it: the history that goes on, and the messages that belong to it. */
export interface Received {
  history: readonly HistoryEvent[];
  messages: HistoryEvent[];
  /** The parent that has given its child the id of an instance that is still running, if one has. */
  takenOverBy: ParentInstance | null;
}

/**
 * Sorts out which messages an instance takes. Dropped are: messages for another execution, for an ended or unknown
 * instance, and a second start of the same execution. A start of another execution takes the instance over, whatever it
 * was doing: so does the real engine when a sub-orchestration is given the id of a running instance.
 */
export function receive(
  past: readonly HistoryEvent[],
  inbox: readonly { executionId: string | null; event: HistoryEvent }[],
): Received {
  let history = past;
  let messages: HistoryEvent[] = [];
  let execution = executionStarted(past)?.OrchestrationInstance.ExecutionId;
  let ended = past.length > 0 && isEnded(statusOf(past).status);
  let takenOverBy: ParentInstance | null = null;
  for (const { executionId, event } of inbox) {
    if (event.EventType === EventType.ExecutionStarted) {
      if (event.OrchestrationInstance.ExecutionId === execution) continue;
      if (execution && !ended) takenOverBy = event.ParentInstance;
      execution = event.OrchestrationInstance.ExecutionId;
      history = [];
      messages = [event];
      ended = false;
    } else if (execution && !ended && (executionId === null || executionId === execution)) messages.push(event);
  }
  return { history, messages, takenOverBy };
}
