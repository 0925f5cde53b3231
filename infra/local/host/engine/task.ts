/** Something that an orchestration waits for. Settles at most once, and tells its listeners at once. */
export interface Task {
  readonly state: TaskState;
  /** Set when it failed for good, so that repeating cannot help. */
  readonly nonRetriable: boolean;
  /** What an activity or child has answered, as JSON text; null for all others. */
  readonly result: string | null;
  whenSettled(listener: () => void): void;
}

export type TaskState = 'open' | 'done' | 'failed' | 'cancelled';

export interface OpenTask extends Task {
  settle(state: Exclude<TaskState, 'open'>, how?: { nonRetriable?: boolean | undefined; result?: string | null }): void;
}

/** A task that is still open. */
export function openTask(): OpenTask {
  let state: TaskState = 'open';
  let nonRetriable = false;
  let result: string | null = null;
  let listeners: (() => void)[] = [];
  return {
    get state() {
      return state;
    },
    get nonRetriable() {
      return nonRetriable;
    },
    get result() {
      return result;
    },
    whenSettled: (listener) => {
      if (state === 'open') listeners.push(listener);
      else listener();
    },
    settle: (to, how = {}) => {
      if (state !== 'open') return;
      state = to;
      nonRetriable = how.nonRetriable ?? false;
      result = how.result ?? null;
      const told = listeners;
      listeners = [];
      for (const listener of told) listener();
    },
  };
}

/** A task that is over already. */
export function settled(state: Exclude<TaskState, 'open'>): Task {
  const task = openTask();
  task.settle(state);
  return task;
}

/** Settles with the first that settles, however that ended. */
export function firstOf(tasks: readonly Task[]): Task {
  const any = openTask();
  for (const task of tasks) task.whenSettled(() => any.settle('done'));
  return any;
}

/** Settles when all have settled: unlike the SDK's Task.all, the extension waits for the rest after a failure. */
export function allOf(tasks: readonly Task[]): Task {
  const all = openTask();
  const check = () => {
    if (tasks.every((task) => task.state !== 'open')) all.settle('done');
  };
  for (const task of tasks) task.whenSettled(check);
  check();
  return all;
}
