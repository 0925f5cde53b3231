import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beginStep, decideNext } from '../../orchestrations/decide-next.ts';
import { spread } from '../../orchestrations/spread.ts';
import type { StepResult } from '../../shared/steps/contract.ts';
import { paces, parkMinutes, waitSeconds } from '../../shared/steps/pace.ts';
import { parkUntil } from '../../shared/work/park-until.ts';
import { problem } from '../orchestrations/support/samples.ts';

const budgetSeconds = 12 * 60;
const echo = { step: 'ensureFlowLog', resourceId: 'x' } as const;
const seconds = fc.oneof(fc.constantFrom(0, 1, 2), fc.integer({ min: 0, max: 2 * budgetSeconds }));
const names = Object.keys(paces) as (keyof typeof paces)[];

/** Answers that do not end a step. */
const unfinished: fc.Arbitrary<StepResult<null>> = fc
  .oneof(
    fc.record({ status: fc.constant('running' as const), resume: fc.string({ minLength: 1 }), afterSeconds: seconds }),
    fc.record(
      {
        status: fc.constant('retry' as const),
        pace: fc.constantFrom(...names),
        problem: fc.constant(problem('Busy')),
        afterSeconds: seconds,
      },
      { requiredKeys: ['status', 'pace', 'problem'] },
    ),
  )
  .map((answer) => ({ ...answer, ...echo }));

type Waited = { readonly asked: number; readonly waited: number };

/** Lets a step run on answers that never end it, over and over. */
function exhaust(answers: readonly StepResult<null>[], callMs: number, instanceId: string) {
  const start = Date.parse('2026-11-23T09:00:00Z');
  let now = start;
  let state = beginStep(new Date(now));
  const waits: Waited[] = [];
  for (let call = 0; call < 5000; call++) {
    const result = answers[call % answers.length];
    if (!result) throw new Error('no answers');
    now += callMs;
    const next = decideNext(state, result, new Date(now), instanceId);
    if (next.kind === 'finish') return { waits, outcome: next.outcome, last: result, seconds: (now - start) / 1000 };
    waits.push({ asked: 'afterSeconds' in result ? (result.afterSeconds ?? 0) : 0, waited: next.afterSeconds });
    now += next.afterSeconds * 1000;
    state = next.state;
  }
  throw new Error('It does not end.');
}

const answers = fc.array(unfinished, { minLength: 1, maxLength: 12 });
const callMs = fc.constantFrom(0, 20, 5000);

describe('a step that Azure never lets end', () => {
  test('ends, within its budget, with a problem', () => {
    fc.assert(
      fc.property(answers, callMs, fc.string(), (given, ms, instanceId) => {
        const { outcome, seconds: total } = exhaust(given, ms, instanceId);
        expect(outcome).toMatchObject({ ok: false, problem: { resourceId: expect.any(String) } });
        expect(total).toBeLessThanOrEqual(budgetSeconds + ms / 1000);
      }),
    );
  });

  test('never waits less than it was asked to, a second of which is for timers that fire early', () => {
    fc.assert(
      fc.property(answers, callMs, fc.string(), (given, ms, instanceId) => {
        for (const { asked, waited } of exhaust(given, ms, instanceId).waits)
          expect(waited).toBeGreaterThanOrEqual(asked === 0 ? 0 : asked + 1);
      }),
    );
  });

  test('leaves word of how long Azure asked to be left alone, and nobody tries before', () => {
    const start = Date.parse('2026-11-23T09:00:00Z');
    fc.assert(
      fc.property(answers, callMs, (given, ms) => {
        const { outcome, last, seconds: total } = exhaust(given, ms, 'i');
        if (outcome.ok || 'stopped' in outcome) throw new Error('It has not failed.');
        const asked = last.status === 'retry' ? (last.afterSeconds ?? 0) : 0;
        const endedAt = start + total * 1000;
        expect(outcome.problem.notBefore).toBe(asked ? new Date(endedAt + asked * 1000).toISOString() : undefined);
        const until = Date.parse(parkUntil(outcome.problem, new Date(endedAt)));
        expect(until).toBeGreaterThanOrEqual(endedAt + Math.max(asked * 1000, parkMinutes.wait * 60_000));
      }),
    );
  });

  test('waits the same on every replay', () => {
    fc.assert(
      fc.property(answers, callMs, fc.string(), (given, ms, instanceId) => {
        expect(exhaust(given, ms, instanceId)).toEqual(exhaust(given, ms, instanceId));
      }),
    );
  });

  test('is asked no more often than its paces allow where nothing runs', () => {
    const retries = answers.map((given) => given.filter(({ status }) => status === 'retry'));
    const most = names.reduce((sum, pace) => sum + paces[pace].attempts, 0);
    fc.assert(
      fc.property(retries, callMs, (given, ms) => {
        fc.pre(given.length > 0);
        expect(exhaust(given, ms, 'i').waits.length).toBeLessThanOrEqual(most);
      }),
    );
  });
});

test.each([
  {
    result: { ...echo, status: 'done', did: 'created', output: 7 } as const,
    outcome: { ok: true, did: 'created', value: 7 },
  },
  {
    result: { ...echo, status: 'fatal', problem: problem('X') } as const,
    outcome: { ok: false, problem: problem('X') },
  },
  { result: { ...echo, status: 'stopped', because: 'fenced' } as const, outcome: { ok: false, stopped: 'fenced' } },
])('$result.status ends a step at once, whatever came before', ({ result, outcome }) => {
  const worn = { startedAt: '2026-11-23T09:00:00Z', resume: 'x', retries: { fast: 99 } };
  const next = decideNext<number>(worn, result, new Date('2026-11-24T09:00:00Z'), 'i');
  expect(next).toEqual({ kind: 'finish', outcome });
});

describe('spread', () => {
  test('is a number from 0 to 1, the same for the same instance and attempt', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer(), (instanceId, attempt) => {
        const value = spread(instanceId, attempt);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        expect(spread(instanceId, attempt)).toBe(value);
      }),
    );
  });

  test('sends runs that failed together back at different times', () => {
    const ids = Array.from({ length: 100 }, (_, lane) => `subscription-11111111-1111-4111-8111-111111111111-7:${lane}`);
    const waits = ids.map((id) => waitSeconds('slow', 3, spread(id, 3)) ?? 0);
    expect(new Set(waits).size).toBeGreaterThan(30);
    const quarters = [0, 0.25, 0.5, 0.75].map(
      (from) => ids.filter((id) => spread(id, 1) >= from && spread(id, 1) < from + 0.25).length,
    );
    expect(Math.min(...quarters)).toBeGreaterThan(10);
  });
});
