/** How long Azure takes for things, in milliseconds, and what it tells callers to wait. */
export type Times = {
  readonly networkCreate: number;
  readonly networkUpdate: number;
  readonly flowLogWrite: number;
  readonly smallDelete: number;
  readonly groupDelete: number;
  readonly move: number;
  readonly watcherAutoCreation: number;
  readonly identityReplication: number;
  readonly rolePropagation: number;
  readonly retryAfterSeconds: number;
};

/** About a tenth of what was recorded, so that a person can watch. */
export const localTimes: Times = {
  networkCreate: 1_000,
  networkUpdate: 300,
  flowLogWrite: 2_000,
  smallDelete: 1_000,
  groupDelete: 2_000,
  move: 2_000,
  watcherAutoCreation: 500,
  identityReplication: 1_000,
  rolePropagation: 1_000,
  retryAfterSeconds: 1,
};

/** As recorded (a flow log takes 13 to 22 seconds, a network 4, a group minutes), propagation as documented. */
export const recordedTimes: Times = {
  networkCreate: 4_000,
  networkUpdate: 2_000,
  flowLogWrite: 18_000,
  smallDelete: 12_000,
  groupDelete: 120_000,
  move: 180_000,
  watcherAutoCreation: 20_000,
  identityReplication: 60_000,
  rolePropagation: 300_000,
  retryAfterSeconds: 10,
};

/** The same with every duration times a factor; callers are still told to wait whole seconds. */
export function scaledTimes(times: Times, factor: number): Times {
  const scaled = Object.entries(times).map(([name, value]) => [name, value * factor]);
  return { ...times, ...Object.fromEntries(scaled), retryAfterSeconds: times.retryAfterSeconds };
}
