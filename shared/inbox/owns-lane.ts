import type { LanePort } from './lane-port.ts';
import { isOwner, readLane } from './lane-row.ts';
import { laneId, type Run } from './work-item.ts';

/**
 * The fence: whether the run is still the lane's owner. To be asked as the last thing before each write to Azure: a run
 * that loses the lane after that has this one request under way, and no other.
 */
export async function ownsLane(port: LanePort, run: Run): Promise<boolean> {
  return isOwner(await readLane(port, laneId(run.lane)), run);
}
