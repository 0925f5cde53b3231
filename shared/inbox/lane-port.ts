import type { LaneKey } from './work-item.ts';

/** One row of a lane's partition. `fields` holds what the store keeps besides keys and ETag. */
export type Row = { readonly rowKey: string; readonly etag: string; readonly fields: Readonly<Record<string, Field>> };
export type Field = string | number;
/** Only rows in which the field has one of these values, one at least. */
export type Among = { readonly field: string; readonly values: readonly [string, ...string[]] };

/** `merge` has no condition: it sets these fields, makes the row if there is none, and always changes its ETag. */
export type Write =
  | { readonly kind: 'insert'; readonly rowKey: string; readonly fields: Row['fields'] }
  | { readonly kind: 'replace'; readonly rowKey: string; readonly fields: Row['fields']; readonly etag: string }
  | { readonly kind: 'merge'; readonly rowKey: string; readonly fields: Row['fields'] };

export type Committed = { readonly kind: 'ok'; readonly etags: readonly string[] } | { readonly kind: 'conflict' };

/** How many writes one commit may hold (Azure Tables' own limit). */
export const maxWrites = 100;

/** What the protocol needs of a store. A read sees every commit that was answered before the read began. */
export type LaneStore = {
  readRow(laneId: string, rowKey: string): Promise<Row | null>;
  /** All rows whose key starts with `{prefix}~`, or those among them, in the order of their keys. */
  readRows(laneId: string, prefix: string, among?: Among): Promise<readonly Row[]>;
  /** All writes or none. `conflict`: a row to insert exists, or one to replace is gone or has another ETag. ETags are in the order of the writes. */
  commit(laneId: string, writes: readonly Write[]): Promise<Committed>;
  /** Deletes a row that still has this ETag. `conflict`: it is gone or has another. */
  remove(laneId: string, rowKey: string, etag: string): Promise<'ok' | 'conflict'>;
  /** The ids of all lanes that have a lane row. */
  listLanes(): Promise<readonly string[]>;
};

export type RunStatus = {
  readonly state:
    | 'Pending'
    | 'Running'
    | 'Suspended'
    | 'ContinuedAsNew'
    | 'Completed'
    | 'Failed'
    | 'Terminated'
    | 'Canceled';
  /** When the instance was started, ISO 8601. */
  readonly createdAt: string;
};

/** What the protocol needs of the durable client. */
export type Runs = {
  /** Starts the instance with the lane as its input. Never throws: refused or failed is fine, see enqueue.ts. */
  startRun(instanceId: string, lane: LaneKey, generation: number): Promise<'started' | 'refused'>;
  /** Null when there is no such instance; throws when that is not known. */
  runStatus(instanceId: string): Promise<RunStatus | null>;
  /** Never throws: what could not be terminated is fenced off all the same. */
  terminateRun(instanceId: string, reason: string): Promise<void>;
};

export type LanePort = LaneStore & Runs;
