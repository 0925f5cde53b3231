import type { OrchestrationContext } from 'durable-functions';
import type { Run, WorkItem } from '../shared/inbox/work-item.ts';
import { call, type Durable } from './call.ts';
import type { RunInput } from './contracts.ts';

/** Names this run. The run id comes from the history, so it survives replay, and a second start of the same instance id has another. */
export function beginRun(ctx: OrchestrationContext): Run {
  const { lane, generation } = ctx.df.getInput<RunInput>() ?? failNoInput(ctx);
  return { lane, generation, runId: ctx.df.newGuid(ctx.df.instanceId) };
}

/** The lane's work that is due, waiting while it only settles. Null: another run owns the lane. */
export function* takeSettled(ctx: OrchestrationContext, run: Run): Durable<readonly WorkItem[] | null> {
  for (;;) {
    const taken = yield* call(ctx, 'takeBatch', { run });
    if (taken.kind === 'fenced') return null;
    if (taken.kind === 'batch') return taken.items;
    yield ctx.df.createTimer(new Date(taken.until));
  }
}

function failNoInput(ctx: OrchestrationContext): never {
  throw new Error(`The instance ${ctx.df.instanceId} was started without the lane that it is for.`);
}
