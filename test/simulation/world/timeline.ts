import { setImmediate as afterEverything } from 'node:timers/promises';

/** Virtual time: what is to happen, in the order of its time, one thing after the other. */
export type Timeline = ReturnType<typeof createTimeline>;

type Happening = { readonly at: number; readonly order: number; readonly happen: () => void; taken: boolean };

/** Begins at `start` (milliseconds since 1970). Nothing in it waits for the machine's clock. */
export function createTimeline(start: number) {
  let now = start;
  let order = 0;
  const waiting: Happening[] = [];

  /** Behind all that are due at the same time, so that equals go in the order in which they came. */
  function insert(happening: Happening): void {
    let [low, high] = [0, waiting.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(waiting[middle], happening)) low = middle + 1;
      else high = middle;
    }
    waiting.splice(low, 0, happening);
  }

  return {
    now: () => now,

    /** Calls back once when the time has come; the answer takes it back. Fits the clocks of host and simulator. */
    at(ms: number, happen: () => void): () => void {
      const happening = { at: Math.max(ms, now), order: order++, happen, taken: false };
      insert(happening);
      return () => {
        happening.taken = true;
      };
    },

    /** Lets the next thing happen, and all that follows from it without waiting; false where nothing is left until then. */
    async step(until: number): Promise<boolean> {
      while (waiting[0]?.taken) waiting.shift();
      const next = waiting[0];
      if (!next || next.at > until) {
        now = Math.max(now, until);
        return false;
      }
      waiting.shift();
      now = next.at;
      next.happen();
      await settled();
      return true;
    },
  };
}

function isBefore(one: Happening | undefined, other: Happening): boolean {
  return one !== undefined && (one.at < other.at || (one.at === other.at && one.order < other.order));
}

/** Every promise that can go on without the timeline has gone on: there are no sockets, files or timers to wait for. */
async function settled(): Promise<void> {
  for (let rounds = 0; rounds < 2; rounds++) await afterEverything();
}
