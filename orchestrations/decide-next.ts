import { ownProblem, type Problem } from '../shared/problem.ts';
import type { StepOutcome, StepResult } from '../shared/steps/contract.ts';
import { type Pace, waitSeconds } from '../shared/steps/pace.ts';
import { spread } from './spread.ts';

/** What is remembered between two calls of a step's activity. */
export type StepState = {
  readonly startedAt: string;
  readonly resume?: string;
  readonly retries: Readonly<Partial<Record<Pace, number>>>;
};

export type Next<Output> =
  | { readonly kind: 'finish'; readonly outcome: StepOutcome<Output> }
  | { readonly kind: 'wait'; readonly afterSeconds: number; readonly state: StepState };

/** One step may take this long, waits included; a run is meant to end in about 15 minutes. */
const budgetSeconds = 12 * 60;

/** `Retry-After: 0` on an operation would be polled without a pause until the budget is used up. */
const shortestPollSeconds = 1;

export function beginStep(now: Date): StepState {
  return { startedAt: now.toISOString(), retries: {} };
}

/**
 * Decides what follows an activity's answer. Pure. `Retry-After` is always honoured: it is the least that is waited,
 * whatever the pace says, also by who tries again when this step has given up. When a retry came, the operation is begun anew.
 */
export function decideNext<Output>(
  state: StepState,
  result: StepResult<Output>,
  now: Date,
  instanceId: string,
): Next<Output> {
  switch (result.status) {
    case 'done':
      return { kind: 'finish', outcome: { ok: true, did: result.did, value: result.output } };
    case 'fatal':
      return { kind: 'finish', outcome: { ok: false, problem: result.problem } };
    case 'stopped':
      return { kind: 'finish', outcome: { ok: false, stopped: result.because } };
    case 'running': {
      const { resume } = result;
      const afterSeconds = atLeast(Math.max(result.afterSeconds, shortestPollSeconds));
      if (leftSeconds(state, now) < afterSeconds) return { kind: 'finish', outcome: neverEnded(result.resourceId) };
      return { kind: 'wait', afterSeconds, state: { ...state, resume } };
    }
    case 'retry': {
      const retries = (state.retries[result.pace] ?? 0) + 1;
      const wait = waitSeconds(result.pace, retries, spread(instanceId, retries));
      const afterSeconds = wait === null ? null : atLeast(result.afterSeconds ?? wait);
      if (afterSeconds === null || leftSeconds(state, now) < afterSeconds) {
        return { kind: 'finish', outcome: { ok: false, problem: notBefore(result.problem, result.afterSeconds, now) } };
      }
      const { startedAt } = state;
      return {
        kind: 'wait',
        afterSeconds,
        state: { startedAt, retries: { ...state.retries, [result.pace]: retries } },
      };
    }
  }
}

function notBefore(problem: Problem, afterSeconds: number | undefined, now: Date): Problem {
  return afterSeconds
    ? { ...problem, notBefore: new Date(now.getTime() + afterSeconds * 1000).toISOString() }
    : problem;
}

/** Durable timers fire up to a second early (recorded on Azure Storage), and `Retry-After` is a least. */
function atLeast(seconds: number): number {
  return seconds === 0 ? 0 : seconds + 1;
}

function leftSeconds({ startedAt }: StepState, now: Date): number {
  return budgetSeconds - (now.getTime() - Date.parse(startedAt)) / 1000;
}

function neverEnded(resourceId: string): StepOutcome<never> {
  const message = `Azure's operation has not ended within ${budgetSeconds / 60} minutes. Look at the resource's activity log; it is tried again later.`;
  return { ok: false, problem: ownProblem('OperationTimedOut', resourceId, message) };
}
