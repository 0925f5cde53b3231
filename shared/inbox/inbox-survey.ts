import type { TableClient } from '@azure/data-tables';
import { z } from 'zod';
import { rowStateSchema } from './work-item.ts';

/** What lies in the inboxes of all lanes. */
export type Survey = {
  /** Lanes with at least one item. */
  readonly lanes: number;
  readonly due: number;
  readonly settling: number;
  readonly waiting: number;
  readonly parked: number;
  /** Since when the due item that has waited longest has been asked for. */
  readonly oldestDueAt: string | null;
  /** False where there is more than was counted. */
  readonly isWhole: boolean;
};

export type InboxSurvey = (now: Date) => Promise<Survey>;

const row = z.object({
  partitionKey: z.string(),
  firstSeen: z.string(),
  state: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(rowStateSchema),
});

/** A page of Azure Tables has 1,000 rows; with more than these the numbers are lower bounds. */
const pagesAtMost = 5;

/** Counts what lies in the inboxes, in one query across all lanes, whose cost has a bound. */
export function createInboxSurvey(table: TableClient): InboxSurvey {
  return async (now) => {
    const filter = "RowKey ge 'item~' and RowKey lt 'item~~'";
    const queryOptions = { filter, select: ['partitionKey', 'rowKey', 'firstSeen', 'state'] };
    const counts = { due: 0, settling: 0, waiting: 0, parked: 0 };
    const lanes = new Set<string>();
    let [oldestDueAt, pages, isWhole]: [string | null, number, boolean] = [null, 0, true];
    for await (const page of table.listEntities({ queryOptions }).byPage({ maxPageSize: 1000 })) {
      for (const { partitionKey, firstSeen, state } of page.map((entity) => row.parse(entity))) {
        lanes.add(partitionKey);
        // A row whose time has come is due, whatever it is called.
        const kind = isOver(state, now) ? 'due' : state.kind;
        counts[kind] += 1;
        if (kind === 'due' && (oldestDueAt === null || firstSeen < oldestDueAt)) oldestDueAt = firstSeen;
      }
      pages += 1;
      isWhole = !page.continuationToken;
      if (pages === pagesAtMost) break;
    }
    return { lanes: lanes.size, ...counts, oldestDueAt, isWhole };
  };
}

function isOver(state: z.infer<typeof rowStateSchema>, now: Date): boolean {
  if (state.kind === 'settling') return Date.parse(state.notBefore) <= now.getTime();
  return state.kind === 'parked' && Date.parse(state.until) <= now.getTime();
}
