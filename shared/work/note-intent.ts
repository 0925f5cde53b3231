import { readDestination, writeDestination } from '../inbox/destination-row.ts';
import type { Run } from '../inbox/work-item.ts';
import { destinationBody } from '../records/destination-body.ts';
import { sameId } from '../resource-id.ts';
import type { Undo } from '../steps/contract.ts';
import type { WorkContext } from './work-context.ts';

/**
 * Writes down how to take back what is about to be made, where that could not be known when the destination was
 * planned: the role assignment's name depends on a principal that the run had yet to make. Only where the identity is
 * itself in the intent, for a principal that was there before us may have had the role.
 */
export async function noteIntent({ port }: WorkContext, { lane }: Run, undo: Undo): Promise<void> {
  if (lane.kind !== 'destination') return;
  const row = await readDestination(port, lane.account);
  if (!row) return;
  const body = destinationBody.parse(row.body);
  const known = body.intent.some(({ resourceId }) => sameId(resourceId, undo.resourceId));
  const identityIsNew = body.intent.some(({ resourceId }) => sameId(resourceId, body.identityId ?? ''));
  if (known || !identityIsNew) return;
  const written = await writeDestination(port, lane.account, row, { ...body, intent: [...body.intent, undo] }, 'noted');
  if (written === 'conflict')
    throw new Error(`The destination ${lane.account} was changed by another writer; nothing was written to Azure.`);
}

/** Asked before something is made for a destination: it is in the intent, or nobody would take it back. */
export async function isIntended({ port }: WorkContext, { lane }: Run, resourceId: string): Promise<boolean> {
  const row = lane.kind === 'destination' ? await readDestination(port, lane.account) : null;
  return row !== null && destinationBody.parse(row.body).intent.some((one) => sameId(one.resourceId, resourceId));
}
