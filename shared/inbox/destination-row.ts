import { z } from 'zod';
import type { LaneStore } from './lane-port.ts';
import { laneId } from './work-item.ts';

const rowKey = 'destination';

const fieldsSchema = z.object({
  answers: z.number().int(),
  body: z.string().transform((text): unknown => JSON.parse(text)),
});

/** What is kept of a destination in its lane. `answers` counts how often it was published as ready or as blocked. */
export type DestinationRow = { readonly answers: number; readonly body: unknown; readonly etag: string };

/** The destination of a storage account (by its name), or null when nothing is known of it. */
export async function readDestination(store: LaneStore, account: string): Promise<DestinationRow | null> {
  const row = await store.readRow(laneId({ kind: 'destination', account }), rowKey);
  return row && { ...fieldsSchema.parse(row.fields), etag: row.etag };
}

/**
 * Writes the destination over the row that was `seen`. `published` counts as an answer to those who wait, `noted` (an
 * intent, a suspicion) does not. `conflict`: the row is another by now; read it again.
 */
export async function writeDestination(
  store: LaneStore,
  account: string,
  seen: DestinationRow | null,
  body: object,
  as: 'published' | 'noted',
): Promise<'ok' | 'conflict'> {
  const answers = (seen?.answers ?? 0) + (as === 'published' ? 1 : 0);
  const fields = { answers, body: JSON.stringify(body) };
  const write = seen
    ? ({ kind: 'replace', rowKey, fields, etag: seen.etag } as const)
    : ({ kind: 'insert', rowKey, fields } as const);
  return (await store.commit(laneId({ kind: 'destination', account }), [write])).kind;
}
