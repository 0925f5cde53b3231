import type { Limits } from '../policy/limits.ts';

/** What all runs together have changed of late: one row, because a count in memory would be one of many. Times are ISO, UTC. */
export type ChangeCount = {
  /** The version of the policy that turns were given and ends were counted under. */
  readonly policyEtag: string;
  /** How many changes have their turn in a clock hour, by its beginning. */
  readonly turns: Readonly<Record<string, number>>;
  /** Who was given a turn last, so that an activity that is repeated gets no second one. */
  readonly given: readonly { readonly planId: string; readonly hour: string }[];
  /** How changes ended, oldest first. */
  readonly ends: readonly { readonly planId: string; readonly failed: boolean; readonly at: string }[];
  readonly pausedUntil: string | null;
};

/** In which hour a change has its turn, and under which version of the policy that was said. */
export type Turn = { readonly hour: string; readonly policyEtag: string };

/** Whether a change may be written now. */
export type Admission =
  | { readonly kind: 'go' }
  /** `turn`: given for later; null where none is left, or where all writing pauses because so much has `failed`. */
  | { readonly kind: 'paused'; readonly until: string; readonly turn: Turn | null; readonly failed: boolean };

export type Asking = {
  readonly planId: string;
  /** Counted, and never held back. */
  readonly exempt: boolean;
  /** The turn that the network was given before. */
  readonly turn: Turn | null;
};

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
/** Further ahead than a day no turn is given: who gets none asks again then. */
const hoursAhead = 24;
/** Activities are repeated soon or never. */
const remembered = 200;

export const noChanges: ChangeCount = { policyEtag: '', turns: {}, given: [], ends: [], pausedUntil: null };

/** Decides about one change, and counts it. Pure; asked twice about one plan it answers the same. */
export function admit(
  known: ChangeCount,
  { planId, exempt, turn }: Asking,
  { changesPerHour }: Pick<Limits, 'changesPerHour'>,
  policyEtag: string,
  now: Date,
): { readonly admission: Admission; readonly count: ChangeCount } {
  const thisHour = hourOf(now, 0);
  const count = today(known, policyEtag, now);
  const give = (hour: string, weight: 0 | 1) => ({
    admission: admissionAt(hour, thisHour, policyEtag),
    count: {
      ...count,
      turns: { ...count.turns, [hour]: (count.turns[hour] ?? 0) + weight },
      given: [...count.given, { planId, hour }].slice(-remembered),
    },
  });
  const before = count.given.find((one) => one.planId === planId);
  if (before) return { admission: admissionAt(before.hour, thisHour, policyEtag), count };
  if (exempt) return give(thisHour, 1);
  if (count.pausedUntil)
    return { admission: { kind: 'paused', until: count.pausedUntil, turn: null, failed: true }, count };
  if (changesPerHour === null) return { admission: { kind: 'go' }, count };
  // Counted when it was given; a turn that has passed unused is given anew.
  if (turn?.policyEtag === policyEtag && turn.hour >= thisHour) return give(turn.hour, 0);
  const hours = Array.from({ length: hoursAhead }, (_, ahead) => hourOf(now, ahead));
  const free = hours.find((hour) => (count.turns[hour] ?? 0) < changesPerHour);
  return free
    ? give(free, 1)
    : { admission: { kind: 'paused', until: hourOf(now, hoursAhead), turn: null, failed: false }, count };
}

/** Counts how a change ended. Writing pauses when too many of the latest have failed; those count no more after it. */
export function conclude(
  known: ChangeCount,
  { planId, failed }: { readonly planId: string; readonly failed: boolean },
  { pauseWhen }: Pick<Limits, 'pauseWhen'>,
  policyEtag: string,
  now: Date,
): ChangeCount {
  const count = today(known, policyEtag, now);
  if (!pauseWhen || count.pausedUntil) return count;
  const { failedShare, outOf, minutes } = pauseWhen;
  const end = { planId, failed, at: now.toISOString() };
  const ends = [...count.ends.filter((one) => one.planId !== planId), end].slice(-outOf);
  const failures = ends.filter((one) => one.failed).length;
  if (ends.length < outOf || failures < failedShare * outOf) return { ...count, ends };
  return { ...count, ends: [], pausedUntil: new Date(now.getTime() + minutes * 60_000).toISOString() };
}

/** What still counts now: hours and pauses pass, and a policy stated anew is a new beginning but for what was written. */
function today(count: ChangeCount, policyEtag: string, now: Date): ChangeCount {
  const thisHour = hourOf(now, 0);
  const same = count.policyEtag === policyEtag;
  const counts = (hour: string) => (same ? hour >= thisHour : hour === thisHour);
  const paused = same && count.pausedUntil !== null && count.pausedUntil > now.toISOString();
  return {
    policyEtag,
    turns: Object.fromEntries(Object.entries(count.turns).filter(([hour]) => counts(hour))),
    given: same ? count.given : [],
    ends: count.ends.filter(({ at }) => same && Date.parse(at) > now.getTime() - dayMs),
    pausedUntil: paused ? count.pausedUntil : null,
  };
}

function admissionAt(hour: string, thisHour: string, policyEtag: string): Admission {
  return hour <= thisHour ? { kind: 'go' } : { kind: 'paused', until: hour, turn: { hour, policyEtag }, failed: false };
}

/** The beginning of a clock hour, so many after the present one. As text they sort by time. */
function hourOf(now: Date, ahead: number): string {
  return new Date(Math.floor(now.getTime() / hourMs + ahead) * hourMs).toISOString();
}
