import { type NetworkRecord, networkKey } from '../records/network-record.ts';
import { changeBetween } from '../records/state-change.ts';
import type { WorkContext } from './work-context.ts';

/**
 * Writes down what is known of a network. A change of state is put into the outbox before the record, which says what was
 * told: so each is told at least once, and a topic that refuses holds up nobody. `cause` is the run or sweep that saw it.
 */
export async function noteNetwork(
  { records, topic }: Pick<WorkContext, 'records' | 'topic'>,
  cause: string,
  before: NetworkRecord | null,
  record: NetworkRecord,
): Promise<void> {
  const change = topic ? changeBetween(cause, before, record) : null;
  if (change) await records.changes.put('untold', change.id, change);
  await records.networks.put(...networkKey(record.id), record);
}

/**
 * As `noteNetwork`, for many networks that one look has found to be otherwise than before: a hundred at a time. What a run
 * has written about one of them meanwhile is newer and stays.
 */
export async function noteNetworks(
  { records, topic }: Pick<WorkContext, 'records' | 'topic'>,
  cause: string,
  notes: readonly { readonly before: NetworkRecord | null; readonly record: NetworkRecord }[],
): Promise<void> {
  const changes = topic ? notes.flatMap(({ before, record }) => changeBetween(cause, before, record) ?? []) : [];
  await records.changes.putAll(
    'untold',
    changes.map((change) => [change.id, change]),
  );
  for (const [partition, some] of Map.groupBy(notes, ({ record }) => networkKey(record.id)[0])) {
    const rows = some.map(({ before, record }) => ({ rowKey: networkKey(record.id)[1], before, item: record }));
    await records.networks.replaceAll(partition, rows);
  }
}
