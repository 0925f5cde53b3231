import { odata, RestError, type TableClient, type TransactionAction } from '@azure/data-tables';
import { z } from 'zod';
import type { Among, Committed, Field, LaneStore, Row, Write } from './lane-port.ts';

const keysSchema = z.object({ partitionKey: z.string(), rowKey: z.string(), etag: z.string() });
const fieldSchema = z.union([z.string(), z.number()]);
const annotations = new Set(['partitionKey', 'rowKey', 'etag', 'timestamp']);

/**
 * The lanes' rows in one table of Azure Tables, a partition for each lane. The client's own retries may repeat a write
 * whose answer was lost; that shows as a conflict with oneself, which every caller has to bear anyway.
 */
export function createTableStore(table: TableClient): LaneStore {
  return {
    async readRow(laneId, rowKey) {
      return await unless(['ResourceNotFound'], null, async () => toRow(await table.getEntity(laneId, rowKey)));
    },

    async readRows(laneId, prefix, among) {
      const keys = odata`PartitionKey eq ${laneId} and RowKey ge ${`${prefix}~`} and RowKey lt ${`${prefix}~~`}`;
      const filter = among ? `${keys} and (${oneOf(among)})` : keys;
      const rows: Row[] = [];
      for await (const entity of table.listEntities({ queryOptions: { filter } })) rows.push(toRow(entity));
      return rows;
    },

    async commit(laneId, writes): Promise<Committed> {
      return await unless<Committed>(conflicts, { kind: 'conflict' }, async () => {
        const { subResponses } = await table.submitTransaction(writes.map((write) => toAction(laneId, write)));
        return { kind: 'ok', etags: subResponses.map(({ etag }) => z.string().parse(etag)) };
      });
    },

    async remove(laneId, rowKey, etag) {
      return await unless<'ok' | 'conflict'>(conflicts, 'conflict', async () => {
        await table.deleteEntity(laneId, rowKey, { etag });
        return 'ok';
      });
    },

    async listLanes() {
      const lanes: string[] = [];
      const queryOptions = { filter: odata`RowKey eq ${'lane'}`, select: ['partitionKey', 'rowKey'] };
      for await (const { partitionKey } of table.listEntities({ queryOptions })) {
        if (partitionKey) lanes.push(partitionKey);
      }
      return lanes;
    },
  };
}

function oneOf({ field, values }: Among): string {
  return values.map((value) => `${field} ${odata`eq ${value}`}`).join(' or ');
}

/** A row to replace or delete is gone, has another ETag, or a row to insert is there. A missing table is another matter. */
const conflicts = ['ResourceNotFound', 'UpdateConditionNotSatisfied', 'EntityAlreadyExists'];

async function unless<T>(codes: readonly string[], otherwise: T, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof RestError && codes.includes(codeOf(error))) return otherwise;
    throw error;
  }
}

const detailsSchema = z.object({ odataError: z.object({ code: z.string() }) });

/** Single requests and transactions carry the code in different places. */
function codeOf(error: RestError): string {
  const details = detailsSchema.safeParse(error.details);
  return error.code ?? (details.success ? details.data.odataError.code : '');
}

function toAction(partitionKey: string, write: Write): TransactionAction {
  const entity = { partitionKey, rowKey: write.rowKey, ...write.fields };
  if (write.kind === 'insert') return ['create', entity];
  if (write.kind === 'merge') return ['upsert', entity, 'Merge'];
  return ['update', entity, 'Replace', { etag: write.etag }];
}

function toRow(entity: Record<string, unknown>): Row {
  const { rowKey, etag } = keysSchema.parse(entity);
  const fields: Record<string, Field> = {};
  for (const [name, value] of Object.entries(entity)) {
    if (!annotations.has(name) && !name.startsWith('odata')) fields[name] = fieldSchema.parse(value);
  }
  return { rowKey, etag, fields };
}
