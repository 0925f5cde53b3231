import { odata, RestError, type TableClient } from '@azure/data-tables';
import type { z } from 'zod';

/** A table of one kind of record: each row's record is one JSON property, beside the few that are filtered on. */
export type Rows<Item> = {
  get(partitionKey: string, rowKey: string): Promise<Item | null>;
  put(partitionKey: string, rowKey: string, item: Item, columns?: Readonly<Record<string, string>>): Promise<void>;
  /** Inserts where there is none; a row that is there stays as it is. */
  add(partitionKey: string, rowKey: string, item: Item): Promise<void>;
  remove(partitionKey: string, rowKey: string): Promise<void>;
  list(query?: { partitionKey?: string; filter?: string }): AsyncIterable<Item>;
  /** A page of at most `size`, and where the next one begins. */
  page(
    size: number,
    continuation: string | null,
    filter?: string,
  ): Promise<{ items: Item[]; continuation: string | null }>;
};

/** Reads and writes records of one schema. What does not fit the schema on reading is a bug and throws. */
export function tableRows<Schema extends z.ZodType>(table: TableClient, schema: Schema): Rows<z.infer<Schema>> {
  const read = (entity: { json?: string }) => schema.parse(JSON.parse(entity.json ?? 'null'));
  return {
    async get(partitionKey, rowKey) {
      const entity = await unless(404, () => table.getEntity<{ json?: string }>(partitionKey, rowKey));
      return entity ? read(entity) : null;
    },
    async put(partitionKey, rowKey, item, columns = {}) {
      await table.upsertEntity({ partitionKey, rowKey, json: JSON.stringify(item), ...columns }, 'Replace');
    },
    async add(partitionKey, rowKey, item) {
      await unless(409, () => table.createEntity({ partitionKey, rowKey, json: JSON.stringify(item) }));
    },
    async remove(partitionKey, rowKey) {
      await unless(404, () => table.deleteEntity(partitionKey, rowKey));
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
      const { value: page } = await pages.next();
      return { items: [...(page ?? [])].map(read), continuation: page?.continuationToken ?? null };
    },
  };
}

async function unless<T>(status: number, action: () => Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof RestError && error.statusCode === status) return null;
    throw error;
  }
}
