import { readDestination } from './destination-row.ts';
import { startLane } from './enqueue.ts';
import { readItems, writeItem } from './item-row.ts';
import { type LanePort, maxWrites } from './lane-port.ts';
import { touchLane } from './lane-row.ts';
import { untilCommitted } from './until-committed.ts';
import { readWaiters } from './waiter-row.ts';
import { type LaneKey, laneId, type WorkItem } from './work-item.ts';

/**
 * Wakes every network that waits for this destination (a storage account's name). To be called after the destination was
 * published and before its own item is settled, so that whoever is not woken here is still somebody's work.
 *
 * A waiter that came after the answer stays: it waits for the next one, which its own item in this lane will bring.
 */
export async function wakeWaiters(port: LanePort, account: string, now: Date): Promise<void> {
  const id = laneId({ kind: 'destination', account });
  const answers = (await readDestination(port, account))?.answers ?? 0;
  for (const waiter of await readWaiters(port, id)) {
    await wakeLane(port, { kind: 'subscription', subscriptionId: waiter.subscriptionId }, account, answers, now);
    if (waiter.answers < answers) await port.remove(id, waiter.rowKey, waiter.etag);
  }
}

/** Makes the lane's rows due that wait for an answer which the destination has given, and starts the lane. */
export async function wakeLane(
  port: LanePort,
  lane: LaneKey,
  account: string,
  answers: number,
  now: Date,
): Promise<void> {
  const woken = await untilCommitted(() => wakeSome(port, laneId(lane), account, answers, now));
  if (woken.rows > 0) await startLane(port, lane);
  if (woken.more) await wakeLane(port, lane, account, answers, now);
}

/** Whether the row waits for an answer that the destination, with so many answers, has given. */
export function isAnswered({ state }: WorkItem, account: string, answers: number): boolean {
  return (
    state.kind === 'waiting' && state.destination.toLowerCase() === account.toLowerCase() && state.answers < answers
  );
}

async function wakeSome(
  port: LanePort,
  id: string,
  account: string,
  answers: number,
  now: Date,
): Promise<{ rows: number; more: boolean } | null> {
  const waiting = (await readItems(port, id)).filter((item) => isAnswered(item, account, answers));
  const rows = waiting.slice(0, maxWrites - 1);
  if (rows.length === 0) return { rows: 0, more: false };
  const writes = rows.map((item) => writeItem({ ...item, state: { kind: 'due' } }, item.etag));
  const committed = await port.commit(id, [touchLane(now), ...writes]);
  return committed.kind === 'ok' ? { rows: rows.length, more: waiting.length > rows.length } : null;
}
