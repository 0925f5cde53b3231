import type { Decision, ReplayContext } from './context.ts';
import { EventType, type HistoryEvent } from './history.ts';
import { parseInstant } from './instant.ts';
import { checkDecision, NonDeterministic } from './non-determinism.ts';
import type { OpenTask } from './task.ts';

/**
 * Feeds a history to an orchestration, event by event, as the Durable Task Framework does. What is left in
 * `context.pending` afterwards is new. Never throws for what the history or the app did wrong: it ends as `Failed`.
 */
export function replay(context: ReplayContext, history: readonly HistoryEvent[], begin: () => void): void {
  const held: HistoryEvent[] = [];
  let suspended = false;

  const take = (event: HistoryEvent): void => {
    const passes = event.EventType === EventType.ExecutionResumed || event.EventType === EventType.ExecutionTerminated;
    if (suspended && !passes) {
      if (event.EventType !== EventType.ExecutionSuspended) held.push(event);
      return;
    }
    if (event.EventType === EventType.ExecutionSuspended) suspended = true;
    else if (event.EventType === EventType.ExecutionResumed) {
      suspended = false;
      for (const late of held.splice(0)) take(late);
    } else apply(context, event, begin);
  };

  try {
    for (const event of history) take(event);
  } catch (error) {
    if (!(error instanceof NonDeterministic)) throw error;
    context.continuation = null;
    context.ending = { status: 'Failed', message: error.message, details: null };
    context.open.clear();
  }
}

function apply(context: ReplayContext, event: HistoryEvent, begin: () => void): void {
  switch (event.EventType) {
    case EventType.OrchestratorStarted:
      context.now = parseInstant(event.Timestamp);
      return;
    case EventType.ExecutionStarted:
      begin();
      return;
    case EventType.ExecutionTerminated:
      context.terminated ??= { reason: event.Input };
      return;
    case EventType.TaskScheduled:
    case EventType.SubOrchestrationInstanceCreated:
    case EventType.TimerCreated:
      checkDecision(context.pending, event);
      context.pending.delete(event.EventId);
      return;
    case EventType.TaskCompleted:
    case EventType.SubOrchestrationInstanceCompleted:
      settle(context, event.TaskScheduledId, 'done', { result: event.Result });
      return;
    case EventType.TaskFailed:
    case EventType.SubOrchestrationInstanceFailed:
      settle(context, event.TaskScheduledId, 'failed', { nonRetriable: event.FailureDetails?.IsNonRetriable });
      return;
    case EventType.TimerFired:
      settle(context, event.TimerId, 'done');
      return;
    case EventType.EventRaised:
      if (context.continuation) context.continuation.carriedOver.push(event);
      else context.onEvent(event);
  }
}

/** An answer to something that is not open (unknown, cancelled, or answered already) is ignored. */
function settle(context: ReplayContext, id: number, ...[state, how]: Parameters<OpenTask['settle']>): void {
  const task = context.open.get(id);
  context.open.delete(id);
  task?.settle(state, how);
}

/** The decisions that are new, in the order of their ids. */
export function newDecisions(context: ReplayContext): Decision[] {
  return [...context.pending.values()].sort((a, b) => a.id - b.id);
}
