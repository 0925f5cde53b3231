import { jsonText } from './dotnet-text.ts';
import { POLL_AFTER_MS } from './durable-http.ts';
import { type ExecutionStarted, executionStarted, type HistoryEvent } from './history.ts';
import { parseJson } from './lenient-json.ts';

/**
 * The text that an orchestrator function is called with; null when the input is no JSON value, so that it cannot be
 * called. Field order and indentation are the recorded ones.
 */
export function payloadText(history: readonly HistoryEvent[]): string | null {
  const start = executionStarted(history);
  if (!start) throw new Error('A payload needs an ExecutionStarted event.');
  const input = inputOf(start);
  if (input === undefined) return null;
  const payload = {
    history,
    input,
    instanceId: start.OrchestrationInstance.InstanceId,
    isReplaying: start.IsPlayed,
    parentInstanceId: start.ParentInstance?.OrchestrationInstance.InstanceId ?? null,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 3,
    longRunningTimerIntervalDuration: '3.00:00:00',
    maximumShortTimerDuration: '6.00:00:00',
    defaultHttpAsyncRequestSleepTimeMillseconds: POLL_AFTER_MS,
  };
  return jsonText(payload, 2);
}

function inputOf({ Input }: ExecutionStarted): unknown {
  try {
    return Input === null ? null : parseJson(Input);
  } catch {
    return undefined;
  }
}
