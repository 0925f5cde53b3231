/** The simulator's time in milliseconds since the epoch. Virtual in simulations, the machine's in the process. */
export type Clock = { now(): number };

/** How a clock differs from the machine's: by an offset, or (`frozenAt`) because it stands still. In milliseconds. */
export type ClockState = { readonly offset: number; readonly frozenAt?: number | undefined };

/** The machine's clock, which its owner can set forward, and stop so that it only moves when it is set. Time never goes back. */
export function adjustableClock(start: ClockState) {
  let state = start;
  const now = () => state.frozenAt ?? Date.now() + state.offset;
  return {
    now,
    state: () => state,
    advance: (milliseconds: number) => {
      const { offset, frozenAt } = state;
      state =
        frozenAt === undefined ? { offset: offset + milliseconds } : { offset, frozenAt: frozenAt + milliseconds };
    },
    freeze: () => {
      state = { ...state, frozenAt: now() };
    },
    run: () => {
      state = { offset: now() - Date.now() };
    },
  };
}

/** A moment as ARM writes it. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
