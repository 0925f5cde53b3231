import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { admit, type ChangeCount, conclude, noChanges, type Turn } from '../../shared/decide/change-count.ts';
import { updateChangeCount } from '../../shared/records/change-count-row.ts';
import { createMemoryStore } from '../inbox/support/memory-store.ts';

const start = Date.parse('2026-11-23T09:40:00Z');
const etag = '"e1"';
const hourOf = (time: number) => new Date(Math.floor(time / 3_600_000) * 3_600_000).toISOString();

/** Networks that ask one after the other, and again at the time that they were told. */
const asking = fc.record({
  network: fc.integer({ min: 0, max: 11 }),
  afterMinutes: fc.integer({ min: 0, max: 90 }),
  exempt: fc.oneof({ arbitrary: fc.constant(false), weight: 5 }, fc.constant(true)),
});
type Asked = { readonly network: number; readonly afterMinutes: number; readonly exempt: boolean };
const story = fc.array(asking, { maxLength: 60 });
const perHour = fc.integer({ min: 1, max: 5 });

type Went = { readonly time: number; readonly exempt: boolean };

function live(asks: readonly Asked[], changesPerHour: number) {
  let count: ChangeCount = noChanges;
  let now = start;
  const turns = new Map<number, Turn>();
  const went: Went[] = [];
  const told: { time: number; until: string; turn: Turn | null }[] = [];
  for (const [index, { network, afterMinutes, exempt }] of asks.entries()) {
    now += afterMinutes * 60_000;
    const ask = { planId: `plan-${index}`, exempt, turn: turns.get(network) ?? null };
    const first = admit(count, ask, { changesPerHour }, etag, new Date(now));
    // The activity is repeated: its answer was lost.
    const again = admit(first.count, ask, { changesPerHour }, etag, new Date(now));
    expect(again).toEqual(first);
    count = again.count;
    turns.delete(network);
    const { admission } = first;
    if (admission.kind === 'go') went.push({ time: now, exempt });
    else {
      if (admission.turn) turns.set(network, admission.turn);
      told.push({ time: now, until: admission.until, turn: admission.turn });
    }
  }
  return { went, told, count };
}

describe('changes of one clock hour', () => {
  test('are as many as the policy allows at most, but for those that nothing holds back', () => {
    fc.assert(
      fc.property(story, perHour, (asks, changesPerHour) => {
        const held = live(asks, changesPerHour).went.filter(({ exempt }) => !exempt);
        for (const [, some] of Map.groupBy(held, ({ time }) => hourOf(time)))
          expect(some.length).toBeLessThanOrEqual(changesPerHour);
      }),
    );
  });

  test('are never held back where they are exempt', () => {
    fc.assert(
      fc.property(story, perHour, (asks, changesPerHour) => {
        const { went } = live(asks, changesPerHour);
        expect(went.filter(({ exempt }) => exempt)).toHaveLength(asks.filter(({ exempt }) => exempt).length);
      }),
    );
  });

  test('that are held back are told a time to come, and go then', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), perHour, (networks, changesPerHour) => {
        const asks = Array.from({ length: networks }, (_, network) => ({ network, afterMinutes: 0, exempt: false }));
        const { told, went, count } = live(asks, changesPerHour);
        expect(went).toHaveLength(Math.min(networks, changesPerHour));
        for (const { time, until } of told) expect(Date.parse(until)).toBeGreaterThan(time);
        // In their order, and no hour is left empty before a later one is used.
        const hours = told.map(({ until }) => until);
        expect(hours).toEqual(hours.toSorted());
        for (const [index, { until, turn }] of told.entries()) {
          const ask = { planId: `later-${index}`, exempt: false, turn };
          if (turn) expect(admit(count, ask, { changesPerHour }, etag, new Date(until)).admission.kind).toBe('go');
        }
      }),
    );
  });

  test('begin anew with a policy that is stated anew, but for what was written in this hour', () => {
    const now = new Date(start);
    const ask = (planId: string, turn: Turn | null = null) => ({ planId, exempt: false, turn });
    let { count } = admit(noChanges, ask('one'), { changesPerHour: 1 }, etag, now);
    const second = admit(count, ask('two'), { changesPerHour: 1 }, etag, now);
    count = second.count;
    const turn = second.admission.kind === 'paused' ? second.admission.turn : null;
    expect(admit(count, ask('three', turn), { changesPerHour: 2 }, '"e2"', now).admission).toEqual({ kind: 'go' });
    expect(admit(count, ask('three', turn), { changesPerHour: 1 }, '"e2"', now).admission).toMatchObject({
      until: turn?.hour,
      turn: { policyEtag: '"e2"' },
    });
  });

  test('are counted right where runs ask at the same time', async () => {
    const store = createMemoryStore();
    const admissions = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        updateChangeCount(store, (known) => {
          const ask = { planId: `${index}`, exempt: false, turn: null };
          const { admission, count } = admit(known, ask, { changesPerHour: 7 }, etag, new Date(start));
          return { count, answer: admission.kind };
        }),
      ),
    );
    expect(admissions.filter((kind) => kind === 'go')).toHaveLength(7);
  });
});

describe('writing', () => {
  const ends = fc.array(fc.boolean(), { minLength: 1, maxLength: 60 });
  const pauseWhen = fc.record({
    failedShare: fc.constantFrom(0.1, 0.5, 1),
    outOf: fc.integer({ min: 2, max: 20 }),
    minutes: fc.constant(30),
  });

  test('pauses exactly when so large a share of the latest changes has failed, however often an end is counted', () => {
    fc.assert(
      fc.property(ends, pauseWhen, (failures, rule) => {
        let count: ChangeCount = noChanges;
        for (const [index, failed] of failures.entries()) {
          const latest = failures.slice(Math.max(0, index + 1 - rule.outOf), index + 1);
          const expected =
            latest.length === rule.outOf && latest.filter((one) => one).length >= rule.failedShare * rule.outOf;
          const end = { planId: `${index}`, failed };
          count = conclude(count, end, { pauseWhen: rule }, etag, new Date(start));
          expect(conclude(count, end, { pauseWhen: rule }, etag, new Date(start))).toEqual(count);
          expect(count.pausedUntil !== null).toBe(expected);
          if (expected) return;
        }
      }),
    );
  });

  test('goes on when the pause is over or the policy is stated anew; what is exempt goes on all the time', () => {
    const until = '2026-11-23T10:00:00.000Z';
    const paused: ChangeCount = { ...noChanges, policyEtag: etag, pausedUntil: until };
    const ask = (exempt: boolean) => ({ planId: 'p', exempt, turn: null });
    const at = (time: string, policyEtag = etag, exempt = false) =>
      admit(paused, ask(exempt), { changesPerHour: null }, policyEtag, new Date(time)).admission;
    expect(at('2026-11-23T09:59:59Z')).toEqual({ kind: 'paused', until, turn: null, failed: true });
    expect(at('2026-11-23T10:00:00Z')).toEqual({ kind: 'go' });
    expect(at('2026-11-23T09:50:00Z', '"e2"')).toEqual({ kind: 'go' });
    expect(at('2026-11-23T09:50:00Z', etag, true)).toEqual({ kind: 'go' });
  });

  test('does not pause for failures of another day', () => {
    const rule = { pauseWhen: { failedShare: 0.5, outOf: 2, minutes: 30 } };
    const first = conclude(noChanges, { planId: 'one', failed: true }, rule, etag, new Date(start));
    const next = new Date(start + 25 * 3_600_000);
    expect(conclude(first, { planId: 'two', failed: true }, rule, etag, next).pausedUntil).toBeNull();
  });
});
