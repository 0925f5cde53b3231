import { readItem, readItems, writeItem } from './item-row.ts';
import { type LanePort, maxWrites } from './lane-port.ts';
import { readLane, touchLane } from './lane-row.ts';
import { mergeRequest, type WorkRequest } from './merge-request.ts';
import { untilCommitted } from './until-committed.ts';
import { readWaiter, type Waiter, writeWaiter } from './waiter-row.ts';
import { instanceId, itemRowKey, type LaneKey, laneId, type UnsavedItem, type WorkItem } from './work-item.ts';

/**
 * Why no wake-up is lost, and why nothing is done by two.
 *
 * Started runs have fixed ids, so starting one that is still running is refused; a row that arrives after the run has
 * looked for work, but before it has ended, would lie there for ever. So the lane row decides, not the engine:
 *
 * - A producer first commits {its rows, a touch of the lane row}, then reads the generation, then starts that
 *   generation's run. It does not care whether that was refused.
 * - A run ends with its close, which reads the lane row first, then the rows, and then ends the generation only if the
 *   lane row is still the one it has read.
 *
 * Take a commit and the close that ends the generation. Was the commit before the close's reading of the lane row, then
 * the close sees its rows and starts the next run. Was it between that reading and the write, then the touch makes the
 * write fail, and the close reads again. Was it after the write, then the producer reads the new generation and starts
 * it. In each case someone starts a run after the commit, and a start is only refused while a run of that generation is
 * there that has yet to close.
 *
 * Generations only grow, and each has at most one owner: the first run that wrote its runId into the row (take-batch.ts).
 * So (generation, owner) is a fence: at any moment at most one run passes it.
 *
 * What dies on the way, between commit and start, between close and start, or in the middle of a run, leaves due rows
 * and no live run: the watchdog ends such a generation as a close would, and starts the next (watchdog.ts).
 */
export async function enqueue(
  port: LanePort,
  lane: LaneKey,
  requests: readonly WorkRequest[],
  now: Date,
  settleSeconds: number,
  waiter?: Waiter,
): Promise<void> {
  const byRow = [...Map.groupBy(requests, (request) => itemRowKey(request.target))];
  const room = maxWrites - 2; // the lane row's touch and the waiter go with them
  for (let start = 0; start < byRow.length; start += room) {
    const part = byRow.slice(start, start + room);
    await untilCommitted(() => commitRequests(port, laneId(lane), part, now, settleSeconds, waiter));
  }
  await startLane(port, lane);
}

/** Starts the lane's current generation. Only for the time after a commit that touched the lane row. */
export async function startLane(port: LanePort, lane: LaneKey): Promise<void> {
  const row = await readLane(port, laneId(lane));
  if (row) await port.startRun(instanceId(lane, row.generation), lane, row.generation);
}

type RequestsByRow = readonly (readonly [rowKey: string, requests: readonly WorkRequest[]])[];

async function commitRequests(
  port: LanePort,
  id: string,
  byRow: RequestsByRow,
  now: Date,
  settleSeconds: number,
  waiter: Waiter | undefined,
): Promise<true | null> {
  const rows = await readItemsOf(
    port,
    id,
    byRow.map(([rowKey]) => rowKey),
  );
  const items = byRow.flatMap(([rowKey, requests]) => {
    const row = rows.find((item) => item.rowKey === rowKey) ?? null;
    const merge = (item: UnsavedItem | null, request: WorkRequest) => mergeRequest(item, request, now, settleSeconds);
    const merged = requests.reduce(merge, row);
    return merged ? [writeItem(merged, row?.etag ?? null)] : [];
  });
  const waiters = waiter ? [writeWaiter(await readWaiter(port, id, waiter.subscriptionId), waiter)] : [];
  const committed = await port.commit(id, [touchLane(now), ...items, ...waiters]);
  return committed.kind === 'ok' ? true : null;
}

/** An event brings one item and a sweep brings many: one read either way. */
async function readItemsOf(port: LanePort, id: string, rowKeys: readonly string[]): Promise<readonly WorkItem[]> {
  const [rowKey] = rowKeys;
  if (rowKeys.length !== 1 || rowKey === undefined) return await readItems(port, id);
  const item = await readItem(port, id, rowKey);
  return item ? [item] : [];
}
