/** How a kind of failure is waited for: the first wait, its growth and its end. One table, so that no call site has numbers. */
export type Pace = keyof typeof paces;

type PaceRule = {
  readonly firstSeconds: number;
  readonly growth: number;
  readonly maxSeconds: number;
  readonly attempts: number;
};

/** `propagation` follows Azure: a new identity or role assignment may take up to 10 minutes to be seen. */
export const paces = {
  fast: { firstSeconds: 2, growth: 2, maxSeconds: 30, attempts: 7 },
  propagation: { firstSeconds: 5, growth: 1.5, maxSeconds: 60, attempts: 15 },
  throttled: { firstSeconds: 10, growth: 1.5, maxSeconds: 60, attempts: 12 },
  slow: { firstSeconds: 60, growth: 2, maxSeconds: 300, attempts: 3 },
} as const satisfies Record<string, PaceRule>;

/**
 * Minutes for which what has failed for good is left alone: by who must act, since what only waits for Azure comes back
 * soon and what a person must mend does not; or where run after run has died over it.
 */
export const parkMinutes = { wait: 2, owner: 30, operator: 30, developer: 30, runsDied: 60 } as const;

/**
 * Seconds before the given attempt (1 = the first repeat), or null when the pace is used up. `spread` from 0 to 1
 * lengthens the wait by up to a quarter, so that runs that failed together do not come back together.
 */
export function waitSeconds(pace: Pace, attempt: number, spread: number): number | null {
  const { firstSeconds, growth, maxSeconds, attempts } = paces[pace];
  if (attempt > attempts) return null;
  const seconds = Math.min(firstSeconds * growth ** (attempt - 1), maxSeconds);
  return Math.ceil(seconds * (1 + spread / 4));
}
