import { RestError } from '@azure/data-tables';
import type { LaneStore } from '../../../shared/inbox/lane-port.ts';
import type { DeadLetterBox } from '../../../shared/records/dead-letter-box.ts';
import { createPolicyStore, type PolicyStore } from '../../../shared/records/policy-store.ts';
import { type OpenTable, openRecords } from '../../../shared/records/records.ts';
import type { Rows } from '../../../shared/records/table-rows.ts';
import { createMemoryStore } from '../../inbox/support/memory-store.ts';
import { memoryText, memoryTexts } from '../../records/support/memory-text.ts';
import type { Gates, Incarnation } from './gates.ts';
import { MemoryRows } from './memory-rows.ts';

/** The app's own storage, in memory: it outlives every process. */
export type Books = ReturnType<typeof createBooks>;

/** `onPut` is told of every record that is written. */
export function createBooks(onPut: (table: string, item: unknown) => void = () => {}) {
  const tables = new Map<string, MemoryRows>();
  const table = (name: string): MemoryRows => {
    const known = tables.get(name) ?? new MemoryRows((item) => onPut(name, item));
    tables.set(name, known);
    return known;
  };
  const open: OpenTable = (name, ...shape) => table(name).of(...shape);
  return {
    lanes: createMemoryStore(),
    open,
    records: openRecords(open),
    policies: createPolicyStore(memoryText(), memoryText(), memoryTexts()),
    deadLetters: createMemoryLetters(),
  };
}

/** The container of dead letters, and how Event Grid puts one there. */
function createMemoryLetters(): DeadLetterBox & { put(text: string, writtenAt: string): void } {
  const letters = new Map<string, { readonly text: string; readonly writtenAt: string }>();
  return {
    put: (text, writtenAt) => void letters.set(`letter-${letters.size}-${writtenAt}`, { text, writtenAt }),
    list: async (limit) => [...letters].slice(0, limit).map(([name, { writtenAt }]) => ({ name, writtenAt })),
    read: async ({ name }) => letters.get(name)?.text ?? '',
    remove: async ({ name }) => void letters.delete(name),
    setAside: async ({ name }) => void letters.delete(name),
  };
}

/** The dead letters as one process reaches them. */
export function gatedDeadLetters(box: DeadLetterBox, gates: Gates, by: Incarnation): DeadLetterBox {
  const pass = <T>(name: string, open: () => Promise<T>) =>
    gates.pass({ name: `blob dead letters ${name}`, by, faults: { unavailable }, open });
  return {
    list: (limit) => pass('list', () => box.list(limit)),
    read: (letter) => pass('read', () => box.read(letter)),
    remove: (letter) => pass('remove', () => box.remove(letter)),
    setAside: (letter, text) => pass('set aside', () => box.setAside(letter, text)),
  };
}

/** The lanes as one process reaches them: every request is a gate. */
export function gatedLanes(lanes: LaneStore, gates: Gates, by: Incarnation): LaneStore {
  const read = <T>(name: string, open: () => Promise<T>) =>
    gates.pass({ name: `table lanes ${name}`, by, faults: { unavailable }, open });
  const write = <T extends { readonly kind: string } | string>(name: string, open: () => Promise<T>, conflict: T) =>
    gates.pass({
      name: `table lanes ${name}`,
      by,
      faults: {
        unavailable,
        'answer lost': () => open().then(unavailable),
        // The SDK repeats a write whose answer was lost, and meets itself.
        'written twice': () => open().then(() => conflict),
      },
      open,
    });
  return {
    readRow: (laneId, rowKey) => read(`read ${laneId} ${rowKey}`, () => lanes.readRow(laneId, rowKey)),
    readRows: (laneId, prefix, among) => read(`read ${laneId} ${prefix}~`, () => lanes.readRows(laneId, prefix, among)),
    listLanes: () => read('list', () => lanes.listLanes()),
    commit: (laneId, writes) =>
      write(
        `write ${laneId} ${writes.map(({ rowKey }) => rowKey.slice(0, 30)).join(',')}`,
        () => lanes.commit(laneId, writes),
        {
          kind: 'conflict',
        },
      ),
    remove: (laneId, rowKey, etag) =>
      write(`remove ${laneId} ${rowKey.slice(0, 30)}`, () => lanes.remove(laneId, rowKey, etag), 'conflict'),
  };
}

/** A table of records as one process reaches it. */
export function gatedRows<Item>(table: string, rows: Rows<Item>, gates: Gates, by: Incarnation): Rows<Item> {
  const read = <T>(name: string, open: () => Promise<T>) =>
    gates.pass({ name: `table ${table} ${name}`, by, faults: { unavailable }, open });
  const write = <T>(name: string, open: () => Promise<T>) =>
    gates.pass({
      name: `table ${table} ${name}`,
      by,
      faults: { unavailable, 'answer lost': () => open().then(unavailable) },
      open,
    });
  return {
    get: (partition, row) => read(`get ${partition} ${row}`, () => rows.get(partition, row)),
    put: (partition, row, item) => write(`put ${partition} ${row}`, () => rows.put(partition, row, item)),
    putAll: (partition, all) => write(`put ${partition} (${all.length})`, () => rows.putAll(partition, all)),
    replaceAll: (partition, all) =>
      write(`replace ${partition} (${all.length})`, () => rows.replaceAll(partition, all)),
    add: (partition, row, item) => write(`add ${partition} ${row}`, () => rows.add(partition, row, item)),
    remove: (partition, row) => write(`remove ${partition} ${row}`, () => rows.remove(partition, row)),
    async *list(query) {
      yield* await read('list', () => Array.fromAsync(rows.list(query)));
    },
    page: (size, continuation, filter) => read('page', () => rows.page(size, continuation, filter)),
  };
}

/** The policy as one process reaches it. */
export function gatedPolicies(policies: PolicyStore, gates: Gates, by: Incarnation): PolicyStore {
  const read = <T>(name: string, open: () => Promise<T>) =>
    gates.pass({ name: `blob policy ${name}`, by, faults: { unavailable }, open });
  return {
    current: () => read('read', () => policies.current()),
    etag: () => read('etag', () => policies.etag()),
    save: (document, conditions) => read('save', () => policies.save(document, conditions)),
    weigh: (etag, weight) => read('weigh', () => policies.weigh(etag, weight)),
    approve: (etag, by, at) => read('approve', () => policies.approve(etag, by, at)),
    text: (hash) => read('text', () => policies.text(hash)),
  };
}

function unavailable(): never {
  throw new RestError('The server is busy.', { code: 'ServerBusy', statusCode: 503 });
}
