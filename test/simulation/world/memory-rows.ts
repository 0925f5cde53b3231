import type { Rows } from '../../../shared/records/table-rows.ts';

type Kept<Item> = { readonly partitionKey: string; readonly rowKey: string; readonly item: Item };

/** A table of records as a map. Records go in and out as JSON, as they do with Azure Tables. */
export class MemoryRows<Item> implements Rows<Item> {
  readonly #rows = new Map<string, Kept<string>>();

  async get(partitionKey: string, rowKey: string): Promise<Item | null> {
    const kept = this.#rows.get(keyOf(partitionKey, rowKey));
    return kept ? JSON.parse(kept.item) : null;
  }

  async put(partitionKey: string, rowKey: string, item: Item): Promise<void> {
    this.#rows.set(keyOf(partitionKey, rowKey), { partitionKey, rowKey, item: JSON.stringify(item) });
  }

  async add(partitionKey: string, rowKey: string, item: Item): Promise<void> {
    if (!this.#rows.has(keyOf(partitionKey, rowKey))) await this.put(partitionKey, rowKey, item);
  }

  async remove(partitionKey: string, rowKey: string): Promise<void> {
    this.#rows.delete(keyOf(partitionKey, rowKey));
  }

  async *list({ partitionKey, filter }: { partitionKey?: string; filter?: string } = {}): AsyncIterable<Item> {
    const fits = filterOf(filter ?? '');
    for (const { item } of this.rows().filter(
      (row) => fits(row) && row.partitionKey === (partitionKey ?? row.partitionKey),
    ))
      yield item;
  }

  async page(size: number, continuation: string | null, filter = '') {
    const fits = filterOf(filter);
    const rest = this.rows().filter((row) => fits(row) && keyOf(row.partitionKey, row.rowKey) > (continuation ?? ''));
    const page = rest.slice(0, size);
    const last = page.at(-1);
    return {
      items: page.map(({ item }) => item),
      continuation: last && rest.length > size ? keyOf(last.partitionKey, last.rowKey) : null,
    };
  }

  /** All rows in the order of their keys, at this moment. */
  rows(): readonly Kept<Item>[] {
    return [...this.#rows.entries()]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, { item, ...keys }]) => ({ ...keys, item: JSON.parse(item) }));
  }
}

function keyOf(partitionKey: string, rowKey: string): string {
  return `${partitionKey}\n${rowKey}`;
}

type Keys = { readonly partitionKey: string; readonly rowKey: string };

/** The filters that the product uses: comparisons of the keys, joined by `and`. Any other is an error. */
function filterOf(filter: string): (keys: Keys) => boolean {
  const comparisons = filter === '' ? [] : filter.split(' and ').map(comparisonOf);
  return (keys) => comparisons.every((fits) => fits(keys));
}

function comparisonOf(text: string): (keys: Keys) => boolean {
  const [, key, operator, value = ''] = /^(PartitionKey|RowKey) (eq|ge|gt|le|lt) '([^']*)'$/.exec(text) ?? [];
  const keyIn = (keys: Keys) => (key === 'PartitionKey' ? keys.partitionKey : keys.rowKey);
  switch (operator) {
    case 'eq':
      return (keys) => keyIn(keys) === value;
    case 'ge':
      return (keys) => keyIn(keys) >= value;
    case 'gt':
      return (keys) => keyIn(keys) > value;
    case 'le':
      return (keys) => keyIn(keys) <= value;
    case 'lt':
      return (keys) => keyIn(keys) < value;
    default:
      throw new Error(`The simulation's tables do not know the filter '${text}'.`);
  }
}
