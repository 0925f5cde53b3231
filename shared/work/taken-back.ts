import { readItem } from '../inbox/item-row.ts';
import { isByPerson, laneId, type Run, type WorkItem } from '../inbox/work-item.ts';
import type { WorkContext } from './work-context.ts';

/** Whether a person asked and has cancelled that since the batch was taken, and nobody else asks. */
export async function isTakenBack({ port }: WorkContext, { lane }: Run, rows: readonly WorkItem[]): Promise<boolean> {
  if (!rows.some(({ reason }) => isByPerson(reason))) return false;
  const found = await Promise.all(rows.map(({ rowKey }) => readItem(port, laneId(lane), rowKey)));
  return found.every((row) => row === null);
}
