import { needsRun } from './choose-batch.ts';
import { readItems, writeItem } from './item-row.ts';
import { type LanePort, maxWrites, type Write } from './lane-port.ts';
import { isOwner, nextGeneration, readLane, replaceLane } from './lane-row.ts';
import { untilCommitted } from './until-committed.ts';
import { instanceId, laneId, type Run, type UnsavedItem, type WorkItem } from './work-item.ts';

/** `next` is the generation whose run was started, or null when nothing is left to do. */
export type Closed = { readonly kind: 'closed'; readonly next: number | null } | { readonly kind: 'fenced' };

/**
 * The last activity of a run, after an empty batch too: ends the generation, and starts the next run if there is
 * anything to do. The lane row is read before the items: that order is what keeps a wake-up from being lost, see
 * enqueue.ts. Repeatable: when the generation is one ahead, this run may have ended it and died before it could start the next.
 */
export async function closeRun(port: LanePort, run: Run, now: Date): Promise<Closed> {
  const id = laneId(run.lane);
  const ended = await untilCommitted(async () => {
    const lane = await readLane(port, id);
    if (lane?.generation === run.generation + 1) return { needed: true };
    if (!lane || !isOwner(lane, run)) return { needed: null };
    const items = await readItems(port, id);
    const writes = [replaceLane(nextGeneration(lane, now, 0)), ...items.flatMap((item) => putBack(item, run))];
    const committed = await port.commit(id, writes.slice(0, maxWrites));
    return committed.kind === 'ok' ? { needed: items.some((item) => needsRun(item.state, now)) } : null;
  });
  if (ended.needed === null) return { kind: 'fenced' };
  if (!ended.needed) return { kind: 'closed', next: null };
  const next = run.generation + 1;
  await port.startRun(instanceId(run.lane, next), run.lane, next);
  return { kind: 'closed', next };
}

/** What the run took and did not get to is no failed attempt: this run lived to its close. */
function putBack(item: WorkItem, run: Run): readonly Write[] {
  if (item.takenIn !== run.generation) return [];
  const { takenIn: _, ...untaken }: UnsavedItem = item;
  return [writeItem({ ...untaken, attempts: item.attempts - 1 }, item.etag)];
}
