import { z } from 'zod';
import type { LaneStore, Row, Write } from './lane-port.ts';
import {
  reasonSchema,
  rowStateSchema,
  targetSchema,
  type UnsavedItem,
  urgentReasons,
  type WorkItem,
} from './work-item.ts';

const fieldsSchema = z.object({
  targetKind: targetSchema.shape.kind,
  targetId: z.string(),
  reason: reasonSchema,
  state: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(rowStateSchema),
  attempts: z.number().int(),
  takenIn: z.number().int().optional(),
  firstSeen: z.string(),
  touchedAt: z.string(),
  location: z.string().optional(),
  resourceGuid: z.string().optional(),
  actorId: z.string().optional(),
  correlationId: z.string(),
  by: z.string().optional(),
});

/** Every item of the lane, whatever its state. */
export async function readItems(store: LaneStore, laneId: string): Promise<readonly WorkItem[]> {
  return (await store.readRows(laneId, 'item')).map(parse);
}

/** The items that go before those of the sweep and of bulk requests, of which there may be thousands. */
export async function readUrgentItems(store: LaneStore, laneId: string): Promise<readonly WorkItem[]> {
  return (await store.readRows(laneId, 'item', { field: 'reason', values: urgentReasons })).map(parse);
}

/** One item by its key, or null. */
export async function readItem(store: LaneStore, laneId: string, rowKey: string): Promise<WorkItem | null> {
  const row = await store.readRow(laneId, rowKey);
  return row && parse(row);
}

/** Writes the item as a new row, or over the one that has the given ETag. */
export function writeItem(item: UnsavedItem, etag: string | null): Write {
  const { rowKey, target, state, takenIn, location, resourceGuid, by, actorId } = item;
  const { attempts, reason, firstSeen, touchedAt, correlationId } = item;
  const fields = {
    targetKind: target.kind,
    targetId: target.id,
    reason,
    state: JSON.stringify(state),
    attempts,
    firstSeen,
    touchedAt,
    correlationId,
    ...(by === undefined ? {} : { by }),
    ...(takenIn === undefined ? {} : { takenIn }),
    ...(location === undefined ? {} : { location }),
    ...(resourceGuid === undefined ? {} : { resourceGuid }),
    ...(actorId === undefined ? {} : { actorId }),
  };
  return etag === null ? { kind: 'insert', rowKey, fields } : { kind: 'replace', rowKey, fields, etag };
}

function parse({ rowKey, etag, fields }: Row): WorkItem {
  const { targetKind, targetId, ...rest } = fieldsSchema.parse(fields);
  return { ...rest, target: { kind: targetKind, id: targetId }, rowKey, etag };
}
