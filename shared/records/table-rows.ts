import { odata, RestError, type TableClient, type TransactionAction } from '@azure/data-tables';
import type { z } from 'zod';

/** A table of one kind of record: each row's record is one JSON property, beside the few columns that are filtered on. */
export type Rows<Item> = {
  get(partitionKey: string, rowKey: string): Promise<Item | null>;
  put(partitionKey: string, rowKey: string, item: Item): Promise<void>;
  /** As `put`, for many rows of one partition. */
  putAll(partitionKey: string, rows: readonly (readonly [rowKey: string, item: Item])[]): Promise<void>;
  /** Writes each of many rows of one partition over what was read of it. What has changed since then stays as it is. */
  replaceAll(partitionKey: string, rows: readonly Replacement<Item>[]): Promise<void>;
  /** Inserts where there is none (true); a row that is there stays as it is (false). */
  add(partitionKey: string, rowKey: string, item: Item): Promise<boolean>;
  remove(partitionKey: string, rowKey: string): Promise<void>;
  list(query?: { partitionKey?: string; filter?: string }): AsyncIterable<Item>;
  /** A page of at most `size`, and where the next one begins; null where the store does not know such a continuation. */
  page(size: number, continuation: string | null, filter?: string): Promise<Page<Item> | null>;
};

/** `before`: as the store gave it; null where nothing was there. */
export type Replacement<Item> = { readonly rowKey: string; readonly before: Item | null; readonly item: Item };

export type Page<Item> = { readonly items: readonly Item[]; readonly continuation: string | null };

/** As many as Azure Tables takes in one transaction. */
const perTransaction = 100;

/** Reads and writes records of one schema. What does not fit the schema on reading is a bug and throws. `columns`: what is filtered on. */
export function tableRows<Schema extends z.ZodType>(
  table: TableClient,
  schema: Schema,
  columns: (item: z.infer<Schema>) => Readonly<Record<string, string>> = () => ({}),
): Rows<z.infer<Schema>> {
  const etags = new WeakMap<object, string>();
  const read = (entity: { json?: string; etag: string }) => {
    const item = schema.parse(JSON.parse(entity.json ?? 'null'));
    etags.set(item as object, entity.etag);
    return item;
  };
  const row = (partitionKey: string, rowKey: string, item: z.infer<Schema>) => ({
    ...columns(item),
    partitionKey,
    rowKey,
    json: JSON.stringify(item),
  });
  const replacement = (
    partitionKey: string,
    { rowKey, before, item }: Replacement<z.infer<Schema>>,
  ): TransactionAction => {
    const entity = row(partitionKey, rowKey, item);
    if (before === null) return ['create', entity];
    const etag = etags.get(before as object);
    if (etag === undefined) throw new Error(`What ${rowKey} is to replace was not read from this table.`);
    return ['update', entity, 'Replace', { etag }];
  };
  return {
    async get(partitionKey, rowKey) {
      const entity = await unless([404], () => table.getEntity<{ json?: string }>(partitionKey, rowKey));
      return entity ? read(entity) : null;
    },
    async put(partitionKey, rowKey, item) {
      await table.upsertEntity(row(partitionKey, rowKey, item), 'Replace');
    },
    async putAll(partitionKey, rows) {
      for (const part of parted(rows))
        await table.submitTransaction(
          part.map(([rowKey, item]): TransactionAction => ['upsert', row(partitionKey, rowKey, item), 'Replace']),
        );
    },
    async replaceAll(partitionKey, rows) {
      const actions = rows.map((one) => replacement(partitionKey, one));
      for (const part of parted(actions)) {
        // One that has changed refuses the whole transaction; then each goes by itself.
        if (await unless(changed, () => table.submitTransaction([...part]))) continue;
        for (const action of part) await unless(changed, () => table.submitTransaction([action]));
      }
    },
    async add(partitionKey, rowKey, item) {
      const made = await unless([409], () => table.createEntity(row(partitionKey, rowKey, item)));
      return made !== null;
    },
    async remove(partitionKey, rowKey) {
      await unless([404], () => table.deleteEntity(partitionKey, rowKey));
    },
    async *list({ partitionKey, filter } = {}) {
      const own = partitionKey === undefined ? '' : odata`PartitionKey eq ${partitionKey}`;
      const both = [own, filter ?? ''].filter((part) => part !== '').join(' and ');
      for await (const entity of table.listEntities<{ json?: string }>(both ? { queryOptions: { filter: both } } : {}))
        yield read(entity);
    },
    async page(size, continuation, filter) {
      const pages = table
        .listEntities<{ json?: string }>(filter ? { queryOptions: { filter } } : {})
        .byPage({ maxPageSize: size, ...(continuation ? { continuationToken: continuation } : {}) });
      const next = await unless([400], () => pages.next());
      if (!next) return null;
      const page = next.value;
      return { items: [...(page ?? [])].map(read), continuation: page?.continuationToken ?? null };
    },
  };
}

/** It is there already, it is otherwise, or it is gone. */
const changed = [409, 412, 404];

function parted<Row>(rows: readonly Row[]): readonly (readonly Row[])[] {
  const count = Math.ceil(rows.length / perTransaction);
  return Array.from({ length: count }, (_, part) => rows.slice(part * perTransaction, (part + 1) * perTransaction));
}

async function unless<T>(statuses: readonly number[], action: () => Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof RestError && statuses.includes(error.statusCode ?? 0)) return null;
    throw error;
  }
}
