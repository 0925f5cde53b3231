import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Clock } from '../../../infra/local/host/clock.ts';

/** A clock that stands still until it is moved on. */
export interface VirtualClock extends Clock {
  /** Goes on to a time, stopping at each that somebody waits for, and lets all that follows happen. */
  goTo(ms: number): Promise<void>;
}

export function virtualClock(start: number): VirtualClock {
  let now = start;
  const waiting = new Set<{ ms: number; call: () => void }>();
  return {
    now: () => now,
    at: (ms, call) => {
      const one = { ms, call };
      waiting.add(one);
      return () => waiting.delete(one);
    },
    goTo: async (ms) => {
      for (;;) {
        await turnOfTheLoop();
        const [first] = [...waiting].filter((one) => one.ms <= ms).sort((a, b) => a.ms - b.ms);
        if (!first) break;
        waiting.delete(first);
        now = Math.max(now, first.ms);
        first.call();
      }
      now = ms;
    },
  };
}
