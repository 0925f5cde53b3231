import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type ChangeCount, noChanges } from '../decide/change-count.ts';
import type { LaneStore, Row, Write } from '../inbox/lane-port.ts';
import { untilCommitted } from '../inbox/until-committed.ts';

/** A partition of its own beside the lanes', so that it has their transactions and conditions. */
const partition = 'changes';
const rowKey = 'count';

const body = z.object({
  policyEtag: z.string(),
  turns: z.record(z.string(), z.number()),
  given: z.array(z.object({ planId: z.string(), hour: z.string() })),
  ends: z.array(z.object({ planId: z.string(), failed: z.boolean(), at: z.string() })),
  pausedUntil: z.string().nullable(),
});
const fields = z.object({
  body: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(body),
});

/**
 * Changes the one count of all runs, and answers what `change` said of it. Runs at the same time go one after the other:
 * who finds the row changed reads it again. What leaves the count as it is costs no write.
 */
export async function updateChangeCount<Answer>(
  store: LaneStore,
  change: (count: ChangeCount) => { readonly count: ChangeCount; readonly answer: Answer },
): Promise<Answer> {
  const { answer } = await untilCommitted(async () => {
    const row = await store.readRow(partition, rowKey);
    const known = countIn(row);
    const changed = change(known);
    if (isDeepStrictEqual(changed.count, known)) return changed;
    return (await store.commit(partition, [write(row, changed.count)])).kind === 'ok' ? changed : null;
  });
  return answer;
}

/** The count as it is now. */
export async function readChangeCount(store: LaneStore): Promise<ChangeCount> {
  return countIn(await store.readRow(partition, rowKey));
}

function countIn(row: Row | null): ChangeCount {
  return row ? fields.parse(row.fields).body : noChanges;
}

function write(row: Row | null, count: ChangeCount): Write {
  const written = { body: JSON.stringify(count) };
  return row
    ? { kind: 'replace', rowKey, fields: written, etag: row.etag }
    : { kind: 'insert', rowKey, fields: written };
}
