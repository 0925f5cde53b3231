import {
  type Bracket,
  common,
  type EndStatus,
  type EventRaised,
  EventType,
  type ExecutionCompleted,
  type ExecutionId,
  type ExecutionStarted,
  type ExecutionTerminated,
  type FailureDetails,
  type ParentInstance,
  type SubOrchestrationCreated,
  type SuspendedOrResumed,
  type TaskCompleted,
  type TaskFailed,
  type TaskScheduled,
  type TimerCreated,
  type TimerFired,
} from './history.ts';
import { formatInstant, type Instant } from './instant.ts';

// Makers of history events. The order of the fields is the recorded one: it is what an orchestrator's payload shows.

/** The start of an execution; `generation` counts the lives under one id that clients began, null for all others. */
export function startedEvent(
  now: Instant,
  start: {
    instance: ExecutionId;
    parent: ParentInstance | null;
    name: string;
    version: string;
    input: string | null;
    generation: number | null;
  },
): ExecutionStarted {
  const event = {
    OrchestrationInstance: start.instance,
    EventType: EventType.ExecutionStarted,
    ParentInstance: start.parent,
    Name: start.name,
    Version: start.version,
    Input: start.input,
    Tags: null,
    Correlation: null,
    ParentTraceContext: null,
    ScheduledStartTime: null,
    Generation: start.generation,
    GenerateNewTrace: false,
    ...common(now),
  };
  return event;
}

/** The end of an execution; `result` is the output as JSON text, or the bare reason of a failure or termination. */
export function completedEvent(now: Instant, id: number, status: EndStatus, result: string | null): ExecutionCompleted {
  return {
    EventType: EventType.ExecutionCompleted,
    OrchestrationStatus: status,
    Result: result,
    FailureDetails: null,
    ...common(now, id),
  };
}

export function terminatedEvent(now: Instant, reason: string | null): ExecutionTerminated {
  return { EventType: EventType.ExecutionTerminated, Input: reason, ...common(now) };
}

export function suspendedEvent(now: Instant, reason: string | null): SuspendedOrResumed {
  return { EventType: EventType.ExecutionSuspended, Reason: reason, ...common(now) };
}

export function resumedEvent(now: Instant, reason: string | null): SuspendedOrResumed {
  return { EventType: EventType.ExecutionResumed, Reason: reason, ...common(now) };
}

/** An activity was scheduled. Its input is not kept in the history, and the version is empty: so the real engine. */
export function taskScheduledEvent(now: Instant, id: number, name: string): TaskScheduled {
  const event = {
    EventType: EventType.TaskScheduled,
    Name: name,
    Version: '',
    Input: null,
    ParentTraceContext: null,
    Tags: null,
    ...common(now, id),
  };
  return event;
}

export function taskCompletedEvent(now: Instant, kind: 5 | 8, taskId: number, result: string | null): TaskCompleted {
  return { EventType: kind, TaskScheduledId: taskId, Result: result, ...common(now) };
}

export function taskFailedEvent(
  now: Instant,
  kind: 6 | 9,
  taskId: number,
  failure: { reason: string | null; details: string | null; failureDetails: FailureDetails | null },
): TaskFailed {
  return {
    EventType: kind,
    TaskScheduledId: taskId,
    Reason: failure.reason,
    Details: failure.details,
    FailureDetails: failure.failureDetails,
    ...common(now),
  };
}

export function subOrchestrationCreatedEvent(
  now: Instant,
  id: number,
  child: { name: string; version: string; instanceId: string },
): SubOrchestrationCreated {
  const event = {
    EventType: EventType.SubOrchestrationInstanceCreated,
    Name: child.name,
    Version: child.version,
    InstanceId: child.instanceId,
    Input: null,
    ClientSpanId: null,
    Tags: null,
    ...common(now, id),
  };
  return event;
}

export function timerCreatedEvent(now: Instant, id: number, fireAt: Instant): TimerCreated {
  return { EventType: EventType.TimerCreated, FireAt: formatInstant(fireAt), ...common(now, id) };
}

/** The message that a timer sends when it is due. Its Timestamp is when the timer was made, not when it fired. */
export function timerFiredEvent(now: Instant, timerId: number, fireAt: Instant): TimerFired {
  return { EventType: EventType.TimerFired, TimerId: timerId, FireAt: formatInstant(fireAt), ...common(now) };
}

export function eventRaisedEvent(now: Instant, name: string, input: string | null): EventRaised {
  const event = {
    EventType: EventType.EventRaised,
    Name: name,
    Input: input,
    ParentTraceContext: null,
    ...common(now),
  };
  return event;
}

export function orchestratorStartedEvent(now: Instant): Bracket {
  return { EventType: EventType.OrchestratorStarted, ...common(now) };
}

export function orchestratorCompletedEvent(now: Instant): Bracket {
  return { EventType: EventType.OrchestratorCompleted, ...common(now) };
}
