import { v4 as uuid } from 'uuid';
import type { Decision, ReplayContext } from './context.ts';
import {
  startedEvent,
  subOrchestrationCreatedEvent,
  taskCompletedEvent,
  taskFailedEvent,
  taskScheduledEvent,
  timerCreatedEvent,
  timerFiredEvent,
} from './events.ts';
import { type EndStatus, EventType, type ExecutionStarted, type HistoryEvent, type TimerFired } from './history.ts';
import type { Instant } from './instant.ts';

/** A message for an instance; one for a certain execution is dropped when the instance lives another one by then. */
export interface Message {
  instanceId: string;
  executionId: string | null;
  event: HistoryEvent;
}

/** What a turn sends: work for activities, timers to be armed, messages for other instances. */
export interface Outgoing {
  activities: { taskId: number; name: string; input: string | null }[];
  timers: { event: TimerFired; fireAt: Instant }[];
  messages: Message[];
}

/** How an execution ended: `result` is JSON text when it completed, the bare text of the failure or reason otherwise. */
export interface End {
  status: EndStatus;
  result: string | null;
  details: string | null;
}

/** How the execution ends with this turn, or null. Nothing ends while a task or timer is open, unless it is terminated. */
export function endOf(context: ReplayContext): End | null {
  if (context.terminated) return { status: 'Terminated', result: context.terminated.reason, details: null };
  if (!context.ending || context.open.size > 0) return null;
  if (context.ending.status === 'Completed')
    return { status: 'Completed', result: context.ending.output, details: null };
  return { status: 'Failed', result: context.ending.message, details: context.ending.details };
}

/** The event that keeps a decision in the history. */
export function decisionEvent(decision: Decision, now: Instant): HistoryEvent {
  switch (decision.kind) {
    case 'task':
      return taskScheduledEvent(now, decision.id, decision.name);
    case 'child':
      return subOrchestrationCreatedEvent(now, decision.id, decision);
    case 'timer':
      return timerCreatedEvent(now, decision.id, decision.fireAt);
  }
}

/** What the decisions of a turn, and its end, send out. */
export function outgoingOf(
  decisions: readonly Decision[],
  end: End | null,
  start: ExecutionStarted,
  now: Instant,
): Outgoing {
  const outgoing: Outgoing = { activities: [], timers: [], messages: [] };
  for (const decision of decisions) {
    if (decision.kind === 'task') {
      outgoing.activities.push({ taskId: decision.id, name: decision.name, input: decision.input });
    } else if (decision.kind === 'timer') {
      outgoing.timers.push({ event: timerFiredEvent(now, decision.id, decision.fireAt), fireAt: decision.fireAt });
    } else outgoing.messages.push(childStart(decision, start, now));
  }
  if (end && start.ParentInstance) outgoing.messages.push(answerToParent(end, start.ParentInstance, now));
  return outgoing;
}

function childStart(child: Decision & { kind: 'child' }, start: ExecutionStarted, now: Instant): Message {
  const event = startedEvent(now, {
    instance: { InstanceId: child.instanceId, ExecutionId: newExecutionId() },
    parent: {
      Name: start.Name,
      OrchestrationInstance: start.OrchestrationInstance,
      TaskScheduleId: child.id,
      Version: start.Version,
    },
    name: child.name,
    version: child.version,
    input: child.input,
    generation: null,
  });
  return { instanceId: child.instanceId, executionId: event.OrchestrationInstance.ExecutionId, event };
}

function answerToParent(end: End, parent: NonNullable<ExecutionStarted['ParentInstance']>, now: Instant): Message {
  const { InstanceId, ExecutionId } = parent.OrchestrationInstance;
  const event =
    end.status === 'Completed'
      ? taskCompletedEvent(now, EventType.SubOrchestrationInstanceCompleted, parent.TaskScheduleId, end.result)
      : taskFailedEvent(now, EventType.SubOrchestrationInstanceFailed, parent.TaskScheduleId, {
          reason: end.result,
          details: end.details,
          failureDetails: null,
        });
  return { instanceId: InstanceId, executionId: ExecutionId, event };
}

/** An execution's id as the framework makes it for children and after continueAsNew: 32 hexadecimal digits. */
export function newExecutionId(): string {
  return uuid().replaceAll('-', '');
}
