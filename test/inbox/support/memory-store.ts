import type { Among, Committed, LaneStore, Row, Write } from '../../../shared/inbox/lane-port.ts';

/** A row that is gone keeps its version, so that no ETag ever comes back. */
type Slot = { readonly version: number; readonly fields: Row['fields'] | null };
export type Partition = ReadonlyMap<string, Slot>;
/** The whole store as a value: every change makes a new one. */
export type Store = ReadonlyMap<string, Partition>;

export function rowOf(store: Store, laneId: string, rowKey: string): Row | null {
  const slot = store.get(laneId)?.get(rowKey);
  return slot?.fields ? { rowKey, etag: `v${slot.version}`, fields: slot.fields } : null;
}

export function rowsOf(store: Store, laneId: string, prefix: string, among?: Among): readonly Row[] {
  const keys = [...(store.get(laneId)?.keys() ?? [])].filter((rowKey) => rowKey.startsWith(`${prefix}~`)).sort();
  const rows = keys.flatMap((rowKey) => rowOf(store, laneId, rowKey) ?? []);
  return among ? rows.filter(({ fields }) => among.values.includes(String(fields[among.field]))) : rows;
}

export function lanesOf(store: Store): readonly string[] {
  return [...store.keys()].filter((laneId) => rowOf(store, laneId, 'lane')).sort();
}

export function afterCommit(
  store: Store,
  laneId: string,
  writes: readonly Write[],
): { store: Store; answer: Committed } {
  const partition = new Map(store.get(laneId));
  const etags: string[] = [];
  for (const write of writes) {
    const row = rowOf(store, laneId, write.rowKey);
    const refused = write.kind === 'insert' ? row : write.kind === 'replace' && row?.etag !== write.etag;
    if (refused) return { store, answer: { kind: 'conflict' } };
    const fields = write.kind === 'merge' ? { ...row?.fields, ...write.fields } : write.fields;
    const version = put(partition, write.rowKey, fields);
    etags.push(`v${version}`);
  }
  return { store: new Map(store).set(laneId, partition), answer: { kind: 'ok', etags } };
}

export function afterRemove(
  store: Store,
  laneId: string,
  rowKey: string,
  etag: string,
): { store: Store; answer: 'ok' | 'conflict' } {
  if (rowOf(store, laneId, rowKey)?.etag !== etag) return { store, answer: 'conflict' };
  const partition = new Map(store.get(laneId));
  put(partition, rowKey, null);
  return { store: new Map(store).set(laneId, partition), answer: 'ok' };
}

function put(partition: Map<string, Slot>, rowKey: string, fields: Slot['fields']): number {
  const version = (partition.get(rowKey)?.version ?? 0) + 1;
  partition.set(rowKey, { version, fields });
  return version;
}

/** The same store behind the port that the protocol uses. */
export function createMemoryStore(): LaneStore {
  let store: Store = new Map();
  const keep = <T>(change: { store: Store; answer: T }): T => {
    store = change.store;
    return change.answer;
  };
  return {
    readRow: async (laneId, rowKey) => rowOf(store, laneId, rowKey),
    readRows: async (...of) => rowsOf(store, ...of),
    commit: async (laneId, writes) => keep(afterCommit(store, laneId, writes)),
    remove: async (laneId, rowKey, etag) => keep(afterRemove(store, laneId, rowKey, etag)),
    listLanes: async () => lanesOf(store),
  };
}
