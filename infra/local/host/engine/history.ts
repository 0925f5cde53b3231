import { formatInstant, type Instant } from './instant.ts';

/** The numbers that stand for the kinds of history events in an orchestrator's payload. */
export const EventType = {
  ExecutionStarted: 0,
  ExecutionCompleted: 1,
  ExecutionTerminated: 3,
  TaskScheduled: 4,
  TaskCompleted: 5,
  TaskFailed: 6,
  SubOrchestrationInstanceCreated: 7,
  SubOrchestrationInstanceCompleted: 8,
  SubOrchestrationInstanceFailed: 9,
  TimerCreated: 10,
  TimerFired: 11,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
  EventSent: 14,
  EventRaised: 15,
  ExecutionSuspended: 19,
  ExecutionResumed: 20,
} as const;

export interface ExecutionId {
  InstanceId: string;
  ExecutionId: string;
}
export interface ParentInstance {
  Name: string;
  OrchestrationInstance: ExecutionId;
  TaskScheduleId: number;
  Version: string;
}
export interface FailureDetails {
  ErrorType: string;
  ErrorMessage: string;
  StackTrace: string | null;
  InnerFailure: FailureDetails | null;
  IsNonRetriable: boolean;
  Properties: Record<string, unknown> | null;
}

interface Common {
  EventId: number;
  IsPlayed: boolean;
  Timestamp: string;
}
export interface ExecutionStarted extends Common {
  EventType: 0;
  OrchestrationInstance: ExecutionId;
  ParentInstance: ParentInstance | null;
  Name: string;
  Version: string;
  Input: string | null;
  Generation: number | null;
}
export interface ExecutionCompleted extends Common {
  EventType: 1;
  OrchestrationStatus: EndStatus;
  Result: string | null;
  FailureDetails: null;
}
export interface ExecutionTerminated extends Common {
  EventType: 3;
  Input: string | null;
}
export interface TaskScheduled extends Common {
  EventType: 4;
  Name: string;
  Version: string;
}
export interface TaskCompleted extends Common {
  EventType: 5 | 8;
  TaskScheduledId: number;
  Result: string | null;
}
export interface TaskFailed extends Common {
  EventType: 6 | 9;
  TaskScheduledId: number;
  Reason: string | null;
  Details: string | null;
  FailureDetails: FailureDetails | null;
}
export interface SubOrchestrationCreated extends Common {
  EventType: 7;
  Name: string;
  Version: string;
  InstanceId: string;
}
export interface TimerCreated extends Common {
  EventType: 10;
  FireAt: string;
}
export interface TimerFired extends Common {
  EventType: 11;
  TimerId: number;
  FireAt: string;
}
export interface Bracket extends Common {
  EventType: 12 | 13;
}
export interface EventRaised extends Common {
  EventType: 15;
  Name: string;
  Input: string | null;
}
export interface EventSent extends Common {
  EventType: 14;
  InstanceId: string;
  Name: string;
  Input: string | null;
}
export interface SuspendedOrResumed extends Common {
  EventType: 19 | 20;
  Reason: string | null;
}
export type HistoryEvent =
  | ExecutionStarted
  | ExecutionCompleted
  | ExecutionTerminated
  | TaskScheduled
  | TaskCompleted
  | TaskFailed
  | SubOrchestrationCreated
  | TimerCreated
  | TimerFired
  | Bracket
  | EventRaised
  | EventSent
  | SuspendedOrResumed;

export type EndStatus = 'Completed' | 'Failed' | 'Terminated';
export type RuntimeStatus = EndStatus | 'Pending' | 'Running' | 'Suspended';

/** The first event of an execution, if it has begun. */
export function executionStarted(history: readonly HistoryEvent[]): ExecutionStarted | undefined {
  return history.find((event) => event.EventType === EventType.ExecutionStarted);
}

/** The fields that end every event, in the order in which the real engine writes them. */
export function common(now: Instant, eventId = -1): Common {
  return { EventId: eventId, IsPlayed: false, Timestamp: formatInstant(now) };
}
