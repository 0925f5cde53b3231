import type { OrchestrationContext } from 'durable-functions';
import { describe, expect, test } from 'vitest';
import { runStep } from '../../orchestrations/run-step.ts';
import type { StepAnswer } from '../../shared/steps/contract.ts';
import { paces } from '../../shared/steps/pace.ts';
import { identityId, principalId } from '../decide/support/samples.ts';
import { play, type Script } from './support/play.ts';
import { answers, done, fenced, problem, run } from './support/samples.ts';

const resourceId = identityId('id-west');
const input = {
  run,
  policyEtag: '"e1"',
  resourceId,
  about: 'stlogswest',
  correlationId: 'c-1',
  identityId: resourceId,
  location: 'westeurope',
  ours: true,
};
const step = (ctx: OrchestrationContext) => runStep(ctx, 'ensureIdentity', input);
const playStep = (answer: (call: number) => StepAnswer<unknown>, script: Partial<Script> = {}) =>
  play(step, { ...script, activities: { ensureIdentity: answers('ensureIdentity', answer) } });

const made = done({ principalId });
const retry = (pace: keyof typeof paces, afterSeconds?: number) =>
  ({
    status: 'retry',
    pace,
    problem: problem('TooManyRequests'),
    ...(afterSeconds === undefined ? {} : { afterSeconds }),
  }) as const;

test('an answer that is done ends the step at once, with the input that it was given', () => {
  const { result, calls, timers } = playStep(() => made);
  expect(result).toEqual({ ok: true, did: 'created', value: { principalId } });
  expect(calls).toEqual([{ name: 'ensureIdentity', input }]);
  expect(timers).toEqual([]);
});

test('a long-running operation is the same activity called again with what it said to resume with', () => {
  const states = ['one', 'two'];
  const { result, calls, timers } = playStep((call) => {
    const resume = states[call - 1];
    return resume ? { status: 'running', resume, afterSeconds: 10 * call } : made;
  });
  expect(result).toMatchObject({ ok: true });
  expect(calls.map((call) => call.input)).toEqual([input, { ...input, resume: 'one' }, { ...input, resume: 'two' }]);
  // A second more than was asked for: durable timers fire up to a second early.
  expect(timers).toEqual([11, 21]);
});

test('a retry begins the operation anew', () => {
  const { calls } = playStep((call) => {
    if (call === 1) return { status: 'running', resume: 'state', afterSeconds: 1 };
    return call === 2 ? retry('fast') : made;
  });
  expect(calls.map((call) => call.input)).toEqual([input, { ...input, resume: 'state' }, input]);
});

test('Retry-After is waited in full, also where it is longer than the pace', () => {
  const { timers } = playStep((call) => (call === 1 ? retry('fast', 47) : made));
  expect(timers).toEqual([48]);
});

test('a step may ask to be called again without waiting', () => {
  const { timers, calls } = playStep((call) => (call === 1 ? retry('fast', 0) : made));
  expect(timers).toEqual([]);
  expect(calls).toHaveLength(2);
});

test.each(['fast', 'propagation', 'throttled', 'slow'] as const)(
  'the pace %s ends with the problem after its attempts or the budget of 12 minutes',
  (pace) => {
    const { result, calls, endedAfterSeconds } = playStep(() => retry(pace));
    expect(result).toEqual({ ok: false, problem: problem('TooManyRequests') });
    expect(calls.length).toBeGreaterThan(1);
    expect(calls.length).toBeLessThanOrEqual(paces[pace].attempts + 1);
    expect(endedAfterSeconds).toBeLessThanOrEqual(12 * 60);
  },
);

test('each pace counts its own attempts', () => {
  const { calls } = playStep((call) => retry(call % 2 === 0 ? 'fast' : 'propagation', 0));
  expect(calls).toHaveLength(2 * paces.fast.attempts + 2);
});

test('an operation that never ends is given up within the budget, and says so', () => {
  const { result, endedAfterSeconds } = playStep(() => ({ status: 'running', resume: 'state', afterSeconds: 0 }));
  expect(result).toMatchObject({ ok: false, problem: { code: 'OperationTimedOut', actor: 'wait', resourceId } });
  expect(endedAfterSeconds).toBeLessThanOrEqual(12 * 60);
});

test('a step that was stopped is not repeated', () => {
  const { result, calls } = playStep(() => fenced);
  expect(result).toEqual({ ok: false, stopped: 'fenced' });
  expect(calls).toHaveLength(1);
});

describe('a throw', () => {
  const failing = (times: number) => ({
    activities: {
      ensureIdentity: (given: { resourceId: string }, call: number) =>
        call <= times
          ? new Error(`boom ${call}\n    at stack (file.ts:1)`)
          : { ...made, step: 'ensureIdentity', resourceId: given.resourceId },
    },
  });

  test('is repeated at the pace fast', () => {
    const { result, calls, timers } = play(step, failing(2));
    expect(result).toMatchObject({ ok: true });
    expect(calls).toHaveLength(3);
    expect(timers.map((seconds) => seconds >= paces.fast.firstSeconds)).toEqual([true, true]);
  });

  test('that goes on is a problem for the developers, told by its first line only', () => {
    const { result, calls } = play(step, failing(Number.POSITIVE_INFINITY));
    expect(calls).toHaveLength(paces.fast.attempts + 1);
    expect(result).toEqual({
      ok: false,
      problem: {
        code: 'ActivityFailed',
        message: `The activity ensureIdentity failed: boom ${paces.fast.attempts + 1}`,
        resourceId,
        actor: 'developer',
        runbook: 'docs/runbook.md#activityfailed',
      },
    });
  });
});

describe('an answer that is not its own is refused', () => {
  test.each([
    { what: 'of another step', echo: { step: 'ensureRoleAssignment', resourceId } },
    { what: 'of another resource', echo: { step: 'ensureIdentity', resourceId: identityId('id-other') } },
    { what: 'that does not say whose it is', echo: {} },
  ])('$what', ({ echo }) => {
    const { result, calls } = play(step, { activities: { ensureIdentity: () => ({ ...made, ...echo }) } });
    expect(result).toMatchObject({
      ok: false,
      problem: { code: 'AnswerOfAnotherStep', actor: 'developer', resourceId },
    });
    expect(calls).toHaveLength(1);
  });
});
