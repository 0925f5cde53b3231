import { isDue } from './choose-batch.ts';
import { readItems } from './item-row.ts';
import type { LanePort } from './lane-port.ts';
import { isUrgent, laneId, type Run, type WorkItem } from './work-item.ts';

/**
 * Whether something more urgent than this item has become due that the run has not taken. Then the rest of the batch
 * (urgent items come first in it) is left to the next run, which takes the urgent ones.
 */
export async function isOvertaken(port: LanePort, run: Run, item: WorkItem, now: Date): Promise<boolean> {
  if (isUrgent(item.reason)) return false;
  const items = await readItems(port, laneId(run.lane));
  return items.some(
    ({ reason, state, takenIn }) => isUrgent(reason) && takenIn !== run.generation && isDue(state, now),
  );
}
