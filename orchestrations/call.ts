import type { OrchestrationContext, Task } from 'durable-functions';
import { waitSeconds } from '../shared/steps/pace.ts';
import type { BookName, Books } from './contracts.ts';
import { spread } from './spread.ts';

/** What an orchestrator's helper yields: durable tasks, and gets their results. */
export type Durable<Result> = Generator<Task, Result, unknown>;

/** Calls an activity. A throw is a bug or a crash: repeated at the pace `fast`, then it fails the run. */
export function* call<Name extends BookName>(
  ctx: OrchestrationContext,
  name: Name,
  input: Books[Name]['input'],
): Durable<Books[Name]['output']> {
  for (let attempt = 1; ; attempt++) {
    try {
      return (yield ctx.df.callActivity(name, input)) as Books[Name]['output'];
    } catch (error) {
      const seconds = waitSeconds('fast', attempt, spread(ctx.df.instanceId, attempt));
      if (seconds === null) throw error;
      yield ctx.df.createTimer(after(ctx, seconds));
    }
  }
}

/** All of the tasks, also where there are none: `Task.all([])` fails the orchestration. */
export function* all(ctx: OrchestrationContext, tasks: readonly Task[]): Durable<void> {
  if (tasks.length > 0) yield ctx.df.Task.all([...tasks]);
}

/** The time so many seconds from now, in the orchestration's own time. */
export function after(ctx: OrchestrationContext, seconds: number): Date {
  return new Date(ctx.df.currentUtcDateTime.getTime() + seconds * 1000);
}
