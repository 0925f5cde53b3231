import { z } from 'zod';
import type { LaneStore, Row, Write } from './lane-port.ts';

const fieldsSchema = z.object({ answers: z.number().int() });

/** A subscription whose networks wait for an answer of a destination, beyond the `answers` that it had given before. */
export type Waiter = { readonly subscriptionId: string; readonly answers: number };
export type SavedWaiter = Waiter & { readonly rowKey: string; readonly etag: string };

/** All waiters of a destination's lane. */
export async function readWaiters(store: LaneStore, laneId: string): Promise<readonly SavedWaiter[]> {
  return (await store.readRows(laneId, 'waiter')).map(parse);
}

/** The waiter of one subscription, or null. */
export async function readWaiter(
  store: LaneStore,
  laneId: string,
  subscriptionId: string,
): Promise<SavedWaiter | null> {
  const row = await store.readRow(laneId, rowKeyOf(subscriptionId));
  return row && parse(row);
}

/** Adds the waiter. One row stands for all networks of a subscription, so it goes on waiting for the latest of their answers. */
export function writeWaiter(saved: SavedWaiter | null, waiter: Waiter): Write {
  const rowKey = rowKeyOf(waiter.subscriptionId);
  const fields = { answers: Math.max(waiter.answers, saved?.answers ?? 0) };
  return saved ? { kind: 'replace', rowKey, fields, etag: saved.etag } : { kind: 'insert', rowKey, fields };
}

function rowKeyOf(subscriptionId: string): string {
  return `waiter~${subscriptionId.toLowerCase()}`;
}

function parse({ rowKey, etag, fields }: Row): SavedWaiter {
  return { ...fieldsSchema.parse(fields), subscriptionId: rowKey.slice('waiter~'.length), rowKey, etag };
}
