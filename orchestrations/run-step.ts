import type { OrchestrationContext } from 'durable-functions';
import { ownProblem, type Problem } from '../shared/problem.ts';
import type { StepOutcome, StepResult } from '../shared/steps/contract.ts';
import { after, type Durable } from './call.ts';
import type { StepInput, StepName, Steps } from './contracts.ts';
import { beginStep, decideNext } from './decide-next.ts';

/**
 * Runs one step to its end: the only place that waits for Azure. Each wait is a durable timer, so no function execution
 * is held open; a long-running operation is the same activity called again with `resume`.
 */
export function* runStep<Name extends StepName>(
  ctx: OrchestrationContext,
  name: Name,
  input: StepInput<Steps[Name]['request']>,
): Durable<StepOutcome<Steps[Name]['output']>> {
  let state = beginStep(ctx.df.currentUtcDateTime);
  for (;;) {
    const result: StepResult<Steps[Name]['output']> = yield* attempt(ctx, name, input, state.resume);
    const next = decideNext(state, result, ctx.df.currentUtcDateTime, ctx.df.instanceId);
    if (next.kind === 'finish') return next.outcome;
    if (next.afterSeconds > 0) yield ctx.df.createTimer(after(ctx, next.afterSeconds));
    state = next.state;
  }
}

/** One call of the activity. What it throws is a bug or a crash, and is repeated like a refusal that may pass. */
function* attempt<Name extends StepName>(
  ctx: OrchestrationContext,
  name: Name,
  input: StepInput<Steps[Name]['request']>,
  resume: string | undefined,
): Durable<StepResult<Steps[Name]['output']>> {
  const echo = { step: name, resourceId: input.resourceId };
  try {
    const result = (yield ctx.df.callActivity(name, resume ? { ...input, resume } : input)) as StepResult<
      Steps[Name]['output']
    >;
    if (result.step === name && result.resourceId === input.resourceId) return result;
    return {
      ...echo,
      status: 'fatal',
      problem: mismatch(input.resourceId, `${result.step} of ${result.resourceId}`, name),
    };
  } catch (error) {
    return { ...echo, status: 'retry', pace: 'fast', problem: crash(input.resourceId, name, error) };
  }
}

function mismatch(resourceId: string, got: string, expected: string): Problem {
  const message = `An answer of ${got} came back for ${expected}: another version of the app is at work on this run.`;
  return ownProblem('AnswerOfAnotherStep', resourceId, message);
}

/** The first line only: the host appends several KB of stack trace to an activity's error. */
function crash(resourceId: string, name: string, error: unknown): Problem {
  const text = error instanceof Error ? error.message : String(error);
  const message = `The activity ${name} failed: ${text.split('\n')[0]?.slice(0, 500)}`;
  return ownProblem('ActivityFailed', resourceId, message);
}
