import type { z } from 'zod';
import type { Rows } from '../../../shared/records/table-rows.ts';

type Columns = Readonly<Record<string, string>>;
type Kept = {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly columns: Columns;
  readonly json: string;
};

/** A table as a map. Records go in and out as JSON, as they do with Azure Tables. */
export class MemoryRows {
  readonly #rows = new Map<string, Kept>();
  readonly #onPut: (item: unknown) => void;

  constructor(onPut: (item: unknown) => void) {
    this.#onPut = onPut;
  }

  /** The table as one of records of this schema. */
  of<Schema extends z.ZodType>(
    schema: Schema,
    columns: (item: z.infer<Schema>) => Columns = () => ({}),
  ): Rows<z.infer<Schema>> {
    const versions = new WeakMap<object, Kept>();
    const read = (kept: Kept) => {
      const item = schema.parse(JSON.parse(kept.json));
      versions.set(item as object, kept);
      return item;
    };
    const rows = this.#rows;
    const onPut = this.#onPut;
    const put = (partitionKey: string, rowKey: string, item: z.infer<Schema>) => {
      onPut(item);
      const kept = { partitionKey, rowKey, columns: columns(item), json: JSON.stringify(item) };
      rows.set(keyOf(kept), kept);
    };
    return {
      async get(partitionKey, rowKey) {
        const kept = rows.get(keyOf({ partitionKey, rowKey }));
        return kept ? read(kept) : null;
      },
      async put(partitionKey, rowKey, item) {
        put(partitionKey, rowKey, item);
      },
      async putAll(partitionKey, all) {
        for (const [rowKey, item] of all) put(partitionKey, rowKey, item);
      },
      async replaceAll(partitionKey, all) {
        for (const { rowKey, before, item } of all) {
          const seen = before === null ? undefined : versions.get(before as object);
          if (rows.get(keyOf({ partitionKey, rowKey })) === seen) put(partitionKey, rowKey, item);
        }
      },
      async add(partitionKey, rowKey, item) {
        if (rows.has(keyOf({ partitionKey, rowKey }))) return false;
        put(partitionKey, rowKey, item);
        return true;
      },
      async remove(partitionKey, rowKey) {
        rows.delete(keyOf({ partitionKey, rowKey }));
      },
      list: async function* ({ partitionKey, filter = '' } = {}) {
        const found = inOrder(rows, filter).filter((row) => row.partitionKey === (partitionKey ?? row.partitionKey));
        yield* found.map(read);
      },
      async page(size, continuation, filter = '') {
        const rest = inOrder(rows, filter).filter((row) => keyOf(row) > (continuation ?? ''));
        const page = rest.slice(0, size);
        const last = page.at(-1);
        return { items: page.map(read), continuation: last && rest.length > size ? keyOf(last) : null };
      },
    };
  }
}

function inOrder(rows: ReadonlyMap<string, Kept>, filter: string): readonly Kept[] {
  const fits = filterOf(filter);
  return [...rows.values()].filter(fits).sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

type Keys = Pick<Kept, 'partitionKey' | 'rowKey'>;

function keyOf({ partitionKey, rowKey }: Keys): string {
  return `${partitionKey}\n${rowKey}`;
}

/** The filters that the product uses: comparisons of keys and columns with texts, joined by `and`. Any other is an error. */
function filterOf(filter: string): (row: Kept) => boolean {
  const comparisons = filter === '' ? [] : filter.split(' and ').map(comparisonOf);
  return (row) => comparisons.every((fits) => fits(row));
}

function comparisonOf(text: string): (row: Kept) => boolean {
  const [, name = '', operator, value = ''] = /^(\w+) (eq|ge|gt|le|lt) '([^']*)'$/.exec(text) ?? [];
  const valueIn = (row: Kept) => {
    if (name === 'PartitionKey') return row.partitionKey;
    return name === 'RowKey' ? row.rowKey : (row.columns[name] ?? '');
  };
  switch (operator) {
    case 'eq':
      return (row) => valueIn(row) === value;
    case 'ge':
      return (row) => valueIn(row) >= value;
    case 'gt':
      return (row) => valueIn(row) > value;
    case 'le':
      return (row) => valueIn(row) <= value;
    case 'lt':
      return (row) => valueIn(row) < value;
    default:
      throw new Error(`The simulation's tables do not know the filter '${text}'.`);
  }
}
