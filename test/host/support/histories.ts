import { EventType, executionStarted, type HistoryEvent } from '../../../infra/local/host/engine/history.ts';
import { parseInstant } from '../../../infra/local/host/engine/instant.ts';
import type { EngineSettings } from '../../../infra/local/host/engine/settings.ts';
import { answerOfState } from '../../../infra/local/host/engine/state.ts';
import { closeTurn, openTurn, type TurnResult } from '../../../infra/local/host/engine/turn.ts';
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

/** A recorded turn put to the pure turn, without any app. */
export function replayTurn(turn: Turn, settings: EngineSettings): TurnResult {
  const { history } = turn.payload;
  const continued = history.at(-1)?.EventType === EventType.OrchestratorCompleted;
  const fresh = continued ? 0 : lastIndex(history, EventType.OrchestratorStarted);
  const answer = turn.state === undefined ? { failure: turn.thrown ?? '' } : answerOfState(turn.state);
  const open = { ...openTurn([], [], 0n), history, fresh, keepsCustomStatus: continued };
  return closeTurn(open, answer, null, settings, parseInstant(turn.at));
}
