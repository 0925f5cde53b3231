import type { OrchestrationContext, Task } from 'durable-functions';
import { v5 as uuid } from 'uuid';

type Orchestrator = (context: OrchestrationContext) => Generator<Task, unknown, unknown>;

/** What an orchestration is played with: the clock, the activities, and the orchestrators below it. */
export type Stage = {
  readonly now: () => number;
  /** Lets the time pass until then. */
  readonly wait: (until: number) => void;
  readonly perform: (name: string, input: unknown) => Promise<unknown>;
  readonly orchestrators: Readonly<Record<string, Orchestrator>>;
};

type Command =
  | { readonly kind: 'activity' | 'orchestrator'; readonly name: string; readonly input: unknown }
  | { readonly kind: 'timer'; readonly fireAt: Date }
  | { readonly kind: 'all'; readonly tasks: readonly Task[] };

/**
 * Plays an orchestration to its end with activities that do their work, one after the other. What an activity throws
 * goes into the orchestrator, as the engine has it; what `RunEnded` says ends the play.
 */
export async function playForReal(name: string, instanceId: string, input: unknown, stage: Stage): Promise<void> {
  const commands = new Map<Task, Command>();
  const issue = (command: Command): Task => {
    const task: Task = { isCompleted: false, isFaulted: false };
    commands.set(task, command);
    return task;
  };
  let guids = 0;
  const df = {
    instanceId,
    get currentUtcDateTime() {
      return new Date(stage.now());
    },
    getInput: () => input,
    newGuid: (name: string) => uuid(`${name} ${guids++} ${stage.now()}`, uuid.URL),
    callActivity: (activity: string, given?: unknown) => issue({ kind: 'activity', name: activity, input: given }),
    callSubOrchestrator: (child: string, given?: unknown) => issue({ kind: 'orchestrator', name: child, input: given }),
    createTimer: (fireAt: Date) => issue({ kind: 'timer', fireAt }),
    Task: { all: (tasks: Task[]) => issue({ kind: 'all', tasks }) },
  };

  const run = async (task: Task): Promise<unknown> => {
    const command = commands.get(task);
    if (!command) throw new Error('The orchestrator yielded what is no task of its context.');
    switch (command.kind) {
      case 'timer':
        return stage.wait(command.fireAt.getTime());
      case 'all':
        for (const one of command.tasks) await run(one);
        return undefined;
      case 'orchestrator':
        return playForReal(command.name, `${instanceId}:${commands.size}`, asJson(command.input), stage);
      case 'activity':
        return asJson(await stage.perform(command.name, asJson(command.input)));
    }
  };

  const orchestrator = stage.orchestrators[name];
  if (!orchestrator) throw new Error(`There is no orchestrator ${name}.`);
  const generator = orchestrator({ df } as OrchestrationContext);
  let step = generator.next();
  while (!step.done) {
    try {
      const result = await run(step.value);
      step = generator.next(result);
    } catch (error) {
      if (error instanceof RunEnded) throw error;
      step = generator.throw(error);
    }
  }
}

/** The run was ended from outside: by an operator, or by a deployment that does not know its history. */
export class RunEnded extends Error {
  readonly state: 'Terminated' | 'Failed';
  constructor(state: 'Terminated' | 'Failed') {
    super(`The run was ended: ${state}.`);
    this.state = state;
  }
}

function asJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
