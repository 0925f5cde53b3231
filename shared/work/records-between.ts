import { odata } from '@azure/data-tables';
import { type NetworkRecord, networkKey } from '../records/network-record.ts';
import type { WorkContext } from './work-context.ts';

/** Behind every network. */
export const endOfEstate = '~';

/**
 * What we know of the networks behind the one with the id `after` ('': from the first on), up to `upTo`, by their ids in
 * lower case. In the order of our table, by which a page of Resource Graph is sorted too.
 */
export async function recordsBetween(
  { records }: Pick<WorkContext, 'records'>,
  after: string,
  upTo: string,
): Promise<ReadonlyMap<string, NetworkRecord>> {
  const between = new Map<string, NetworkRecord>();
  for (const filter of stretchesBetween(keyAt(after), keyAt(upTo)))
    for await (const record of records.networks.list({ filter })) between.set(record.id.toLowerCase(), record);
  return between;
}

type Key = readonly [partitionKey: string, rowKey: string];

/** Each within one partition or of whole partitions: a store seeks to these, and scans for any condition with an `or`. */
function stretchesBetween([from, behind]: Key, [to, last]: Key): readonly string[] {
  if (from === to) return [odata`PartitionKey eq ${from} and RowKey gt ${behind} and RowKey le ${last}`];
  return [
    odata`PartitionKey eq ${from} and RowKey gt ${behind}`,
    odata`PartitionKey gt ${from} and PartitionKey lt ${to}`,
    odata`PartitionKey eq ${to} and RowKey le ${last}`,
  ];
}

function keyAt(mark: string): Key {
  return mark.startsWith('/') ? networkKey(mark) : [mark, ''];
}
