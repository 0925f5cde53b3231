import type { InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import type { BookName, Books, StepName } from '../orchestrations/contracts.ts';
import { type SpanOf, tellSpan } from '../shared/telemetry/telemetry.ts';
import type { WorkContext } from '../shared/work/work-context.ts';
import { app } from './composition.ts';
import { checked } from './payload-size.ts';
import { type ActivityInput, books, performStep, steps } from './perform.ts';
import { workContext } from './work-context.ts';

/** Registers every activity under its name. Each gets a durable client, since settling may start another lane's run. */
export function registerActivities(): void {
  for (const name of Object.keys(steps) as StepName[]) registerStep(name);
  for (const name of Object.keys(books) as BookName[]) registerBook(name);
}

function registerStep<Name extends StepName>(name: Name): void {
  activity(name, async (work, input: ActivityInput<Name>) => {
    const { settings } = await app();
    tellSpan({ 'flowkeeper.about': input.about, 'flowkeeper.correlation_id': input.correlationId });
    return performStep(work, settings.deployment, name, input);
  });
}

function registerBook<Name extends BookName>(name: Name): void {
  activity(name, (work, input: Books[Name]['input']) => books[name](work, input));
}

function activity<Input, Output>(name: string, handler: (work: WorkContext, input: Input) => Promise<Output>): void {
  df.app.activity(name, {
    extraInputs: [df.input.durableClient()],
    handler: async (input: Input, context: InvocationContext) => {
      const work = await workContext(context, df.getClient(context));
      return checked(name, await work.telemetry.span(name, spanOf(context), () => handler(work, input)));
    },
  });
}

/** An activity's span lies under the host's own of the invocation. */
function spanOf({ traceContext, invocationId }: InvocationContext): SpanOf {
  const { traceParent } = traceContext ?? {};
  return { attributes: { 'faas.invocation_id': invocationId }, ...(traceParent ? { traceparent: traceParent } : {}) };
}
