import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Clock } from '../../../infra/local/host/clock.ts';

/** A clock that stands still until it is moved on. */
export interface VirtualClock extends Clock {
  /** Goes to the next time that somebody waits for, and calls; false if nobody does, or none up to `latest`. */
  jump(latest?: number): boolean;
  /** Goes on to a time, stopping at each that somebody waits for, and lets all that follows happen. */
  goTo(ms: number): Promise<void>;
}

export function virtualClock(start: number): VirtualClock {
  let now = start;
  const waiting = new Set<{ ms: number; call: () => void }>();
  const jump = (latest = Number.POSITIVE_INFINITY) => {
    const [next] = [...waiting].filter(({ ms }) => ms <= latest).sort((a, b) => a.ms - b.ms);
    if (!next) return false;
    waiting.delete(next);
    now = Math.max(now, next.ms);
    next.call();
    return true;
  };
  return {
    now: () => now,
    at: (ms, call) => {
      const one = { ms, call };
      waiting.add(one);
      return () => waiting.delete(one);
    },
    jump,
    goTo: async (ms) => {
      do await turnOfTheLoop();
      while (jump(ms));
      now = ms;
    },
  };
}
