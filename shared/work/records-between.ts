import { odata } from '@azure/data-tables';
import type { NetworkRecord } from '../records/network-record.ts';
import { requireResourceId } from '../resource-id.ts';
import type { WorkContext } from './work-context.ts';

/** Behind every id. */
export const endOfEstate = '~';

/** What we know of the networks whose ids (in lower case) lie behind `after`, up to `upTo`; Resource Graph sorts by the same ids. */
export async function recordsBetween(
  { records }: Pick<WorkContext, 'records'>,
  after: string,
  upTo: string,
): Promise<ReadonlyMap<string, NetworkRecord>> {
  const [from, to] = [subscriptionAt(after), subscriptionAt(upTo)];
  const filter = odata`PartitionKey ge ${from} and PartitionKey le ${to}`;
  const between = new Map<string, NetworkRecord>();
  for await (const record of records.networks.list({ filter })) {
    const id = record.id.toLowerCase();
    if (id > after && id <= upTo) between.set(id, record);
  }
  return between;
}

function subscriptionAt(mark: string): string {
  return mark.startsWith('/') ? requireResourceId(mark).subscriptionId : mark;
}
