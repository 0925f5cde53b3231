/** The simulator's time in milliseconds since the epoch. Virtual in simulations, the machine's in the process. */
export type Clock = { now(): number };

/** The machine's clock, set forward by as much as its owner says: time travel for tests of what takes hours. */
export function adjustableClock(offsetMilliseconds: number) {
  let offset = offsetMilliseconds;
  return {
    now: () => Date.now() + offset,
    /** Sets the clock forward; time never goes back. Returns the whole offset. */
    advance: (milliseconds: number) => {
      offset += milliseconds;
      return offset;
    },
  };
}

/** A moment as ARM writes it. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
