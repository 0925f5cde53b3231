import type { RunStatus } from './lane-port.ts';
import type { LaneRow } from './lane-row.ts';

const minuteMs = 60_000;
const ended: ReadonlySet<RunStatus['state']> = new Set(['Completed', 'Failed', 'Terminated', 'Canceled']);

/** Whether the instance may still do something. */
export function isLive(status: RunStatus): boolean {
  return !ended.has(status.state);
}

/**
 * Why a lane that has work needs a new generation, or null when its run is to be left alone. A run that stays Pending
 * is in a queue that is too long: each new one waits twice as long, up to an hour. A run has a budget, and is given up
 * after twice that.
 */
export function whySupersede(lane: LaneRow, status: RunStatus | null, now: Date, budgetMinutes: number): string | null {
  if (!status) return 'nothing has started its run';
  if (!isLive(status)) return `its run has ended as ${status.state} without a close`;
  const ageMs = now.getTime() - Date.parse(status.createdAt);
  const patienceMs = Math.min(5 * 2 ** lane.bumps, 60) * minuteMs;
  if (status.state === 'Pending') return ageMs > patienceMs ? 'its run has been Pending for too long' : null;
  return ageMs > 2 * budgetMinutes * minuteMs ? 'its run is older than twice its budget' : null;
}
