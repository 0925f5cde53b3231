import { readDestination } from './destination-row.ts';
import { writeItem } from './item-row.ts';
import type { LanePort } from './lane-port.ts';
import { withoutAttempts } from './merge-request.ts';
import { wakeLane } from './wake-waiters.ts';
import { laneId, type RowState, type Run, type WorkItem } from './work-item.ts';

export type Outcome = { readonly kind: 'remove' } | RowState;

/**
 * Writes down what became of an item that was taken. `touched`: somebody asked for it again after it was taken, or it
 * was settled before; then the row stays as it is, and the run's close (or a later one) finds it.
 *
 * An outcome `waiting` names how many answers the destination had given before the waiter was added to its lane
 * (enqueue). The destination may have answered since, and its waking may have passed by before this row was waiting.
 * So it is read once more, after the row: has it answered, the row is woken here; if not, then its answer, and the
 * waking after that, are yet to come, and will find both the waiter and the row.
 */
export async function settleItem(
  port: LanePort,
  run: Run,
  item: WorkItem,
  outcome: Outcome,
  now: Date,
): Promise<'settled' | 'touched'> {
  const settled = await write(port, laneId(run.lane), item, outcome);
  if (outcome.kind === 'waiting') {
    const answers = (await readDestination(port, outcome.destination))?.answers ?? 0;
    if (answers > outcome.answers) await wakeLane(port, run.lane, outcome.destination, answers, now);
  }
  return settled === 'ok' ? 'settled' : 'touched';
}

async function write(port: LanePort, id: string, item: WorkItem, outcome: Outcome): Promise<'ok' | 'conflict'> {
  if (outcome.kind === 'remove') return await port.remove(id, item.rowKey, item.etag);
  const { takenIn: _, ...untaken } = item;
  // An item that only goes back keeps its count, or one that always goes back would be tried for ever.
  const settled = outcome.kind === 'due' ? untaken : withoutAttempts(item);
  return (await port.commit(id, [writeItem({ ...settled, state: outcome }, item.etag)])).kind;
}
