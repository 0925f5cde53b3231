import type { Decision } from './context.ts';
import { EventType, type SubOrchestrationCreated, type TaskScheduled, type TimerCreated } from './history.ts';

/** The code no longer takes the decisions that the history shows. */
export class NonDeterministic extends Error {
  constructor(what: string) {
    super(`Non-Deterministic workflow detected: ${what}`);
  }
}

type DecisionEvent = TaskScheduled | SubOrchestrationCreated | TimerCreated;

const KINDS = {
  [EventType.TaskScheduled]: 'task',
  [EventType.SubOrchestrationInstanceCreated]: 'child',
  [EventType.TimerCreated]: 'timer',
} as const;

const CLASSES = {
  task: 'ScheduleTaskOrchestratorAction',
  child: 'CreateSubOrchestrationAction',
  timer: 'CreateTimerOrchestratorAction',
} as const;

const CHANGED = 'Was a change made to the orchestrator code after this instance had already started running?';

/** Compares a recorded decision with the one taken under its id now: same kind, and same name but for its case. */
export function checkDecision(pending: ReadonlyMap<number, Decision>, event: DecisionEvent): void {
  const now = pending.get(event.EventId);
  if (!now) {
    const identity = `sequence ID ${event.EventId}${nameOf(event)}`;
    throw new NonDeterministic(
      `A previous execution of this orchestration scheduled ${what(event)} with ${identity}, but the current replay execution hasn't (yet?) scheduled this task. ${CHANGED}`,
    );
  }
  const past = `A previous execution of this orchestration scheduled ${what(event)} with sequence number ${event.EventId}`;
  const named = 'Name' in event ? ` named '${event.Name}'` : '';
  if (now.kind !== KINDS[event.EventType]) {
    throw new NonDeterministic(
      `${past}${named}, but the current orchestration replay instead produced a ${CLASSES[now.kind]} action with this sequence number. ${CHANGED}`,
    );
  }
  if ('Name' in event && now.kind !== 'timer' && event.Name.toLowerCase() !== now.name.toLowerCase()) {
    throw new NonDeterministic(
      `${past}${named}, but the current orchestration replay instead scheduled ${what(event)} named '${now.name}' with this sequence number.  ${CHANGED}`,
    );
  }
}

function what(event: DecisionEvent): string {
  if (event.EventType === EventType.TaskScheduled) return 'an activity task';
  return event.EventType === EventType.TimerCreated ? 'a timer task' : 'a sub-orchestration task';
}

function nameOf(event: DecisionEvent): string {
  if (event.EventType === EventType.TimerCreated) return '';
  const version = `version '${event.Version}'`;
  if (event.EventType === EventType.TaskScheduled) return ` and name '${event.Name}' (${version})`;
  return ` and name '${event.Name}' (${version}, instance ID '${event.InstanceId}')`;
}
