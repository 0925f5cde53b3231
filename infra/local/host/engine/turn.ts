import { newContext } from './context.ts';
import { jsonText } from './dotnet-text.ts';
import { completedEvent, orchestratorCompletedEvent, orchestratorStartedEvent, startedEvent } from './events.ts';
import {
  EventType,
  type ExecutionStarted,
  executionStarted,
  type HistoryEvent,
  type RuntimeStatus,
} from './history.ts';
import type { Instant } from './instant.ts';
import { decisionEvent, endOf, newExecutionId, type Outgoing, outgoingOf } from './outgoing.ts';
import { newDecisions, replay } from './replay.ts';
import type { EngineSettings } from './settings.ts';
import type { Answer } from './state.ts';
import { statusOf } from './status.ts';
import { turnHazards } from './turn-hazards.ts';
import { type Walk, walkOf } from './walk.ts';

/** A turn that has begun: the history as the function is shown it. `fresh` says where the events of this turn begin. */
export interface OpenTurn {
  history: HistoryEvent[];
  fresh: number;
  /** The first turn after continueAsNew keeps the custom status; any other loses it unless the function sets it. */
  keepsCustomStatus: boolean;
}

/** What a turn came to; nothing of it has happened until it is stored. */
export interface TurnResult {
  /** The whole history after the turn. */
  history: HistoryEvent[];
  outgoing: Outgoing;
  status: RuntimeStatus;
  output: string | null;
  customStatus: string | null;
  /** After continueAsNew: the next turn, which is run at once, before anything is stored. */
  next: OpenTurn | null;
  /** Why the instance can never go on by itself; empty when it can. */
  stuck: string[];
  /** What works, but hardly as it was meant. */
  hazards: string[];
}

/** Begins a turn: the messages that have arrived are put behind the past. */
export function openTurn(past: readonly HistoryEvent[], messages: readonly HistoryEvent[], now: Instant): OpenTurn {
  return {
    history: [...past, orchestratorStartedEvent(now), ...messages],
    fresh: past.length,
    keepsCustomStatus: false,
  };
}

/**
 * One turn, without I/O: what follows from the function's answer. `answer` is null when the function was not asked,
 * because the execution is terminated before it was allowed to run.
 */
export function closeTurn(
  turn: OpenTurn,
  answer: Answer | null,
  customStatusBefore: string | null,
  settings: EngineSettings,
  now: Instant,
): TurnResult {
  const start = executionStarted(turn.history);
  if (!start) throw new Error('A turn needs an ExecutionStarted event.');
  const context = newContext(start);
  const state = answer && 'state' in answer ? answer.state : null;
  const walk: Walk | null = state && walkOf(context, start.Name, state, settings);
  replay(context, turn.history, () => {
    walk?.begin();
    if (answer && 'failure' in answer) {
      const message = `Orchestrator function '${start.Name}' failed: ${answer.failure}`;
      context.ending = { status: 'Failed', message, details: null };
    }
  });

  const decisions = newDecisions(context);
  const output = context.ending?.status === 'Completed' ? context.ending.output : null;
  const isOver = context.ending !== null || state?.isDone === true || state?.error !== undefined;
  const hazards = [...(walk?.hazards() ?? []), ...turnHazards(context, isOver, decisions, turn.history, output)];
  const end = endOf(context);
  const keptStatus = turn.keepsCustomStatus ? customStatusBefore : null;
  const customStatus = state?.customStatus === undefined || walk?.refused() ? keptStatus : jsonText(state.customStatus);

  if (context.continuation && end?.status === 'Completed') {
    const next = continuedTurn(start, context.continuation, now);
    const outgoing = outgoingOf(decisions, null, start, now);
    return { history: next.history, outgoing, status: 'Running', output: null, customStatus, next, stuck: [], hazards };
  }
  const ending = end ? [completedEvent(now, context.nextId, end.status, end.result)] : [];
  const history = whole(
    [...played(turn), ...decisions.map((decision) => decisionEvent(decision, now)), ...ending],
    now,
  );
  const outgoing = outgoingOf(decisions, end, start, now);
  return {
    history,
    outgoing,
    ...statusOf(history),
    customStatus,
    next: null,
    stuck: end ? [] : (walk?.stuck() ?? []),
    hazards,
  };
}

/** The first turn of the next execution. Only events that came after the decision to continue are carried over. */
function continuedTurn(
  start: ExecutionStarted,
  continuation: { input: string | null; carriedOver: HistoryEvent[] },
  now: Instant,
): OpenTurn {
  const again = startedEvent(now, {
    instance: { InstanceId: start.OrchestrationInstance.InstanceId, ExecutionId: newExecutionId() },
    parent: start.ParentInstance,
    name: start.Name,
    version: start.Version,
    input: continuation.input,
    generation: null,
  });
  const history = [orchestratorStartedEvent(now), again, ...continuation.carriedOver, orchestratorCompletedEvent(now)];
  return { history, fresh: 0, keepsCustomStatus: true };
}

/** A turn ends with OrchestratorCompleted. The history that continueAsNew leaves behind has one already: there is no second one. */
function whole(history: HistoryEvent[], now: Instant): HistoryEvent[] {
  const isEnded = history.at(-1)?.EventType === EventType.OrchestratorCompleted;
  return isEnded ? history : [...history, orchestratorCompletedEvent(now)];
}

/** The history that later turns see: the messages of this turn are marked as played. */
function played(turn: OpenTurn): HistoryEvent[] {
  return turn.history.map((event, at) =>
    at < turn.fresh || event.EventType === EventType.OrchestratorStarted ? event : { ...event, IsPlayed: true },
  );
}
