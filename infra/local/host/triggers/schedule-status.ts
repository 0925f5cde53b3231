import type { TypedData } from '../engine/typed-data.ts';
import type { Schedule } from './schedule.ts';

/** What is kept of a timer function, in milliseconds since 1970: so the real host's schedule monitor. */
export interface ScheduleStatus {
  /** When it last ran; 0 when it has not yet, or not on this schedule. */
  last: number;
  /** When it is to run next. */
  next: number;
  /** The time from which `next` was reckoned. */
  updatedAt: number;
}

/** What holds when a host starts at `now`: a schedule that has changed meanwhile begins anew, and has missed nothing. Null if it never runs. */
export function statusAtStart(kept: ScheduleStatus | null, schedule: Schedule, now: number): ScheduleStatus | null {
  const from = kept ? kept.last || kept.updatedAt : now;
  const expected = schedule.next(from);
  if (kept && kept.next === expected) return kept;
  const updatedAt = expected !== null && expected >= now ? from : now;
  const next = schedule.next(updatedAt);
  return next === null ? null : { last: 0, next, updatedAt };
}

/** What holds after a run that has begun at `startedAt`. Null if it never runs again. */
export function statusAfter(startedAt: number, schedule: Schedule): ScheduleStatus | null {
  const next = schedule.next(startedAt);
  return next === null ? null : { last: startedAt, next, updatedAt: startedAt };
}

/** What a timer function is given; the status is null where it is not kept. */
export function timerInfo(status: ScheduleStatus | null, isPastDue: boolean): TypedData {
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: status && {
        Last: status.last === 0 ? '0001-01-01T00:00:00+00:00' : iso(status.last),
        Next: iso(status.next),
        LastUpdated: iso(status.updatedAt),
      },
      IsPastDue: isPastDue,
    }),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+00:00');
}
