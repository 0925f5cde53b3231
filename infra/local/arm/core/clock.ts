/** The simulator's time in milliseconds since the epoch. Virtual in simulations, the machine's in the process. */
export type Clock = { now(): number };

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** A moment as ARM writes it. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
