import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countedRepairs, isAsLeft, type Repair, withoutOld, withRepairs } from '../../shared/decide/contested.ts';
import { changedFields, fieldsInContest } from '../../shared/plan/contest.ts';
import type { FlowLogChange } from '../../shared/plan/flow-log-change.ts';
import { plan, settings } from '../orchestrations/support/samples.ts';

const hour = 60 * 60_000;
const start = Date.parse('2026-11-23T09:00:00Z');
const fields = ['storageId', 'enabled', 'retentionDays'] as const;
type Field = (typeof fields)[number];

/** What somebody does after a while: changes some settings, or leaves the log alone. */
const happening = fc.record({
  afterHours: fc.oneof(fc.double({ min: 0, max: 2, noNaN: true }), fc.double({ min: 0, max: 40, noNaN: true })),
  undone: fc.subarray<Field>([...fields]),
  byPerson: fc.oneof({ arbitrary: fc.constant(false), weight: 9 }, fc.constant(true)),
});
type Happening = { readonly afterHours: number; readonly undone: readonly Field[]; readonly byPerson: boolean };
const story = fc.array(happening, { minLength: 1, maxLength: 40 });
const after = fc.integer({ min: 1, max: 4 });

const byPlan = (index: number, asLeft = false) => ({
  planId: `plan-${index}`,
  at: new Date(start + index).toISOString(),
  asLeft,
});

type Written = { readonly field: string; readonly time: number };

/** Lives through a story: each time somebody has changed something, a run looks and puts it right, or stands back. */
function live(happenings: readonly Happening[], contestedAfter: number) {
  let repairs: readonly Repair[] = [];
  let now = start;
  const wrong = new Set<Field>();
  const written: Written[] = [];
  const looks: { contested: boolean; wasContested: boolean; wrongBefore: boolean; byPerson: boolean }[] = [];
  let contested = false;
  for (const [index, { afterHours, undone, byPerson }] of happenings.entries()) {
    now += afterHours * hour;
    const wrongBefore = wrong.size > 0;
    for (const field of undone) wrong.add(field);
    const at = new Date(now).toISOString();
    const wasContested = contested;
    const counted = countedRepairs({ repairs, resourceGuid: 'g' }, 'g', byPerson);
    const change = changeOf(wrong);
    contested = fieldsInContest(plan({ change }), counted, contestedAfter).length > 0;
    looks.push({ contested, wasContested, wrongBefore, byPerson });
    if (contested) continue;
    if (byPerson) written.length = 0;
    repairs = change ? withRepairs(counted, changedFields(change), { ...byPlan(index), at }) : withoutOld(counted, at);
    for (const field of wrong) written.push({ field, time: now });
    wrong.clear();
  }
  return { written, looks };
}

function changeOf(wrong: ReadonlySet<Field>): FlowLogChange | null {
  if (wrong.size === 0) return null;
  const theirs = { storageId: '/theirs', enabled: false, retentionDays: 9 };
  const before = { ...settings, ...Object.fromEntries([...wrong].map((field) => [field, theirs[field]])) };
  return { kind: 'update', before, after: settings };
}

describe('a setting that somebody keeps changing', () => {
  test('is put right so often within 24 hours and no more, until a person asks', () => {
    fc.assert(
      fc.property(story, after, (happenings, contestedAfter) => {
        const { written } = live(happenings, contestedAfter);
        for (const { field, time } of written) {
          const within = written.filter(
            (one) => one.field === field && one.time <= time && one.time > time - 24 * hour,
          );
          expect(within.length).toBeLessThanOrEqual(contestedAfter);
        }
      }),
    );
  });

  test('stays contested while it stays as it is, however much time passes', () => {
    fc.assert(
      fc.property(story, after, (happenings, contestedAfter) => {
        for (const { contested, wasContested, wrongBefore, byPerson } of live(happenings, contestedAfter).looks)
          if (wasContested && wrongBefore && !byPerson) expect(contested).toBe(true);
      }),
    );
  });

  test('is never contested where a person asks', () => {
    fc.assert(
      fc.property(story, after, (happenings, contestedAfter) => {
        for (const { contested, byPerson } of live(happenings, contestedAfter).looks)
          if (byPerson) expect(contested).toBe(false);
      }),
    );
  });

  test('is counted once, however often the run writes it down', () => {
    const made = changedFields({ kind: 'update', before: { ...settings, enabled: false }, after: settings });
    const once = withRepairs([], made, byPlan(1));
    expect(once).toHaveLength(1);
    expect(withRepairs(once, made, byPlan(1, true))).toEqual(once);
  });

  test('is another question where the policy asks for another value, or the network is another under its name', () => {
    const change = { kind: 'update', before: { ...settings, retentionDays: 9 }, after: settings } as const;
    const repairs = withRepairs([], changedFields(change), byPlan(1));
    const other = { ...change, after: { ...settings, retentionDays: 30 } };
    expect(fieldsInContest(plan({ change }), repairs, 1)).toEqual(['retentionDays']);
    expect(fieldsInContest(plan({ change: other }), repairs, 1)).toEqual([]);
    expect(countedRepairs({ repairs, resourceGuid: 'former' }, 'today', false)).toEqual([]);
  });

  test('is not contested by a policy that changes its mind, however often', () => {
    const days = (retentionDays: number) => ({ ...settings, retentionDays });
    let repairs: readonly Repair[] = [];
    for (let round = 0; round < 20; round++) {
      const [was, becomes] = round % 2 === 0 ? [0, 7] : [7, 0];
      const change = { kind: 'update', before: days(was), after: days(becomes) } as const;
      expect(fieldsInContest(plan({ change }), repairs, 2)).toEqual([]);
      repairs = withRepairs(repairs, changedFields(change), byPlan(round));
    }
  });

  test('is not contested by a policy that comes back to a value that was put right before', () => {
    const days = (retentionDays: number) => ({ ...settings, retentionDays });
    let repairs: readonly Repair[] = [];
    for (const [index, [was, becomes]] of (
      [
        [9, 0],
        [0, 30],
        [30, 0],
      ] as const
    ).entries()) {
      const change = { kind: 'update', before: days(was), after: days(becomes) } as const;
      expect(fieldsInContest(plan({ change }), repairs, 1)).toEqual([]);
      repairs = withRepairs(repairs, changedFields(change), byPlan(index));
    }
  });

  test('is not contested by a log that was made as another policy wanted it: nobody has changed that', () => {
    const change = { kind: 'update', before: { ...settings, retentionDays: 9 }, after: settings } as const;
    const first = withRepairs([], changedFields(change), byPlan(1, true));
    const undone = { ...change, before: { ...settings, retentionDays: 8 } };
    expect(fieldsInContest(plan({ change: undone }), first, 1)).toEqual([]);
    const once = withRepairs(first, changedFields(undone), byPlan(2));
    expect(fieldsInContest(plan({ change }), once, 1)).toEqual(['retentionDays']);
  });

  test('is no question where the log is found as it was when it was right last', () => {
    const found = { foundAs: 'a' };
    expect(isAsLeft({ rightAs: 'a' }, found)).toBe(true);
    expect([isAsLeft({ rightAs: 'b' }, found), isAsLeft(null, found)]).toEqual([false, false]);
    expect(isAsLeft({ rightAs: null }, { foundAs: null })).toBe(false);
  });

  test('may be that there is a log: made again so often, and deleted once more; the first log counts for nothing', () => {
    const change = { kind: 'create', before: null, after: settings } as const;
    let repairs: readonly Repair[] = [];
    for (let made = 0; made <= 2; made++) {
      expect(fieldsInContest(plan({ change }), repairs, 2)).toEqual([]);
      repairs = withRepairs(repairs, changedFields(change), byPlan(made));
    }
    expect(fieldsInContest(plan({ change }), repairs, 2)).toEqual(['flowLog']);
  });

  test.each(['audit', 'held', 'report'] as const)('is not contested where nothing would be written: %s', (because) => {
    const change = { kind: 'update', before: { ...settings, enabled: false }, after: settings } as const;
    const repairs = withRepairs([], changedFields(change), byPlan(1));
    expect(fieldsInContest(plan({ change, because }), repairs, 1)).toEqual([]);
  });
});
