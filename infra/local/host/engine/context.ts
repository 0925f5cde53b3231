import type { EventRaised, ExecutionStarted } from './history.ts';
import type { Instant } from './instant.ts';
import { type OpenTask, openTask, type Task } from './task.ts';

/** Something that an execution wants and that its history does not show yet; `id` is its place among all it ever wanted. */
export type Decision =
  | { kind: 'task'; id: number; name: string; input: string | null }
  | { kind: 'child'; id: number; name: string; version: string; instanceId: string; input: string | null }
  | { kind: 'timer'; id: number; fireAt: Instant };

/** How the orchestrator ended, when it has: by itself, or in order to begin anew. */
export type Ending =
  | { status: 'Completed'; output: string | null }
  | { status: 'Failed'; message: string; details: string | null };

/** What one replay of an execution knows: the counterpart of the Durable Task Framework's orchestration context. */
export interface ReplayContext {
  /** The time of the turn being replayed. */
  now: Instant;
  readonly instanceId: string;
  readonly executionId: string;
  readonly parentInstanceId: string | null;
  readonly pending: Map<number, Decision>;
  readonly open: Map<number, OpenTask>;
  ending: Ending | null;
  continuation: { input: string | null; carriedOver: EventRaised[] } | null;
  terminated: { reason: string | null } | null;
  nextId: number;
  onEvent: (event: EventRaised) => void;
}

/** A context that has seen nothing yet. */
export function newContext(start: ExecutionStarted): ReplayContext {
  return {
    now: 0n,
    instanceId: start.OrchestrationInstance.InstanceId,
    executionId: start.OrchestrationInstance.ExecutionId,
    parentInstanceId: start.ParentInstance?.OrchestrationInstance.InstanceId ?? null,
    pending: new Map(),
    open: new Map(),
    ending: null,
    continuation: null,
    terminated: null,
    nextId: 0,
    onEvent: () => {},
  };
}

/** Calls an activity. */
export function scheduleTask(context: ReplayContext, name: string, input: string | null): Task {
  return decide(context, (id) => ({ kind: 'task', id, name, input })).task;
}

/** Starts a child; without an id of its own it is called `<execution id>:<event id>`. */
export function scheduleChild(
  context: ReplayContext,
  child: { name: string; version: string; instanceId: string | null; input: string | null },
): Task {
  return decide(context, (id) => ({
    kind: 'child',
    id,
    name: child.name,
    version: child.version,
    instanceId: child.instanceId ?? `${context.executionId}:${id}`,
    input: child.input,
  })).task;
}

/** Makes a timer; cancelling takes it out of what the execution waits for, but not out of its history. */
export function createTimer(context: ReplayContext, fireAt: Instant): { task: Task; cancel: () => void } {
  const { id, task } = decide(context, (timerId) => ({ kind: 'timer', id: timerId, fireAt }));
  return {
    task,
    cancel: () => {
      context.open.delete(id);
      task.settle('cancelled');
    },
  };
}

function decide(context: ReplayContext, make: (id: number) => Decision): { id: number; task: OpenTask } {
  const id = context.nextId++;
  const task = openTask();
  context.pending.set(id, make(id));
  context.open.set(id, task);
  return { id, task };
}
