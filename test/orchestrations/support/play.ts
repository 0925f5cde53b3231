import type { OrchestrationContext, Task } from 'durable-functions';

type Command =
  | { readonly kind: 'activity' | 'orchestrator'; readonly name: string; readonly input: unknown }
  | { readonly kind: 'timer'; readonly fireAt: Date }
  | { readonly kind: 'all'; readonly tasks: readonly Task[] };

/** What an activity answers, or an Error that it throws. */
export type Answer = (input: never, call: number) => unknown;

export type Script = {
  readonly input?: unknown;
  readonly instanceId?: string;
  readonly activities: Readonly<Record<string, Answer>>;
  readonly orchestrators?: Readonly<Record<string, Answer>>;
  /** How long each activity takes. */
  readonly activitySeconds?: number;
};

export type Call = { readonly name: string; readonly input: unknown };

export type Played<Result> = {
  readonly result: Result;
  /** Activities and sub-orchestrators in the order in which they were called. */
  readonly calls: readonly Call[];
  readonly names: readonly string[];
  /** Seconds of each timer. */
  readonly timers: readonly number[];
  /** The size of each Task.all. */
  readonly fans: readonly number[];
  readonly endedAfterSeconds: number;
};

export const startedAt = new Date('2026-11-23T09:00:00.000Z');

const mostCommands = 10_000;

/** Plays an orchestrator to its end: every task is answered by the script, and timers move the clock. */
export function play<Result>(
  orchestrator: (context: OrchestrationContext) => Generator<Task, Result, unknown>,
  script: Script,
): Played<Result> {
  const commands = new Map<Task, Command>();
  const calls: Call[] = [];
  const timers: number[] = [];
  const fans: number[] = [];
  const counts = new Map<string, number>();
  let now = startedAt.getTime();

  const issue = (command: Command): Task => {
    const task: Task = { isCompleted: false, isFaulted: false };
    commands.set(task, command);
    return task;
  };
  const df = {
    instanceId: script.instanceId ?? 'lane-1',
    get currentUtcDateTime() {
      return new Date(now);
    },
    getInput: () => script.input,
    newGuid: (name: string) => `guid-of-${name}`,
    callActivity: (name: string, input?: unknown) => issue({ kind: 'activity', name, input }),
    callSubOrchestrator: (name: string, input?: unknown) => issue({ kind: 'orchestrator', name, input }),
    createTimer: (fireAt: Date) => issue({ kind: 'timer', fireAt }),
    Task: { all: (tasks: Task[]) => issue({ kind: 'all', tasks }) },
  };

  const run = (task: Task): unknown => {
    const command = commands.get(task);
    if (!command) throw new Error('The orchestrator yielded what is no task of its context.');
    if (commands.size > mostCommands) throw new Error(`The orchestrator does not end: ${mostCommands} commands.`);
    switch (command.kind) {
      case 'timer': {
        timers.push((command.fireAt.getTime() - now) / 1000);
        now = Math.max(now, command.fireAt.getTime());
        return undefined;
      }
      case 'all': {
        if (command.tasks.length === 0) throw new Error('Task.all of nothing fails the orchestration.');
        fans.push(command.tasks.length);
        const results = command.tasks.map(run);
        return results.find((one) => one instanceof Error) ?? results;
      }
      default: {
        const { name, input } = command;
        const answer = (command.kind === 'activity' ? script.activities : (script.orchestrators ?? {}))[name];
        if (!answer) throw new Error(`The script has no ${command.kind} ${name}.`);
        calls.push({ name, input });
        const count = (counts.get(name) ?? 0) + 1;
        counts.set(name, count);
        now += (script.activitySeconds ?? 0) * 1000;
        return answer(input as never, count);
      }
    }
  };

  const generator = orchestrator({ df } as OrchestrationContext);
  let step = generator.next();
  while (!step.done) {
    const result = run(step.value);
    step = result instanceof Error ? generator.throw(result) : generator.next(result);
  }
  return {
    result: step.value,
    calls,
    names: calls.map(({ name }) => name),
    timers,
    fans,
    endedAfterSeconds: (now - startedAt.getTime()) / 1000,
  };
}
