import type { RuntimeStatus } from '../engine/history.ts';
import { type Database, integer, type Row, text, textOrNull } from './database.ts';

/** An instance as the management API shows it. Texts of input, output and custom status are as the engine made them. */
export interface Instance {
  instanceId: string;
  executionId: string;
  name: string;
  version: string;
  status: RuntimeStatus;
  input: string | null;
  output: string | null;
  customStatus: string | null;
  generation: number | null;
  createdAt: number;
  updatedAt: number;
}

export interface InstanceFilter {
  prefix?: string | undefined;
  createdFrom?: number | undefined;
  createdTo?: number | undefined;
  statuses?: string[] | undefined;
}

/** An instance by its id, in exactly that case. */
export function findInstance(db: Database, instanceId: string): Instance | undefined {
  const [row] = db.all('SELECT * FROM instances WHERE instance_id = ?', instanceId);
  return row && instanceOf(row);
}

/** Makes an instance, or puts it in the place of the one with its id. */
export function putInstance(db: Database, one: Instance): void {
  db.run(
    `INSERT INTO instances (instance_id, execution_id, name, version, status, input, output, custom_status, generation, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (instance_id) DO UPDATE SET execution_id = excluded.execution_id, name = excluded.name,
       version = excluded.version, status = excluded.status, input = excluded.input, output = excluded.output,
       custom_status = excluded.custom_status, generation = excluded.generation, created_at = excluded.created_at,
       updated_at = excluded.updated_at`,
    one.instanceId,
    one.executionId,
    one.name,
    one.version,
    one.status,
    one.input,
    one.output,
    one.customStatus,
    one.generation,
    one.createdAt,
    one.updatedAt,
  );
}

/** Instances in the order of their ids, from the given id on, at most `top`. */
export function listInstances(db: Database, filter: InstanceFilter, from: string, top: number): Instance[] {
  const { sql, values } = where(filter);
  return db
    .all(`SELECT * FROM instances WHERE instance_id >= ? ${sql} ORDER BY instance_id LIMIT ?`, from, ...values, top)
    .map(instanceOf);
}

function where(filter: InstanceFilter): { sql: string; values: (string | number)[] } {
  const clauses: string[] = [];
  const values: (string | number)[] = [];
  const add = (sql: string, ...given: (string | number)[]) => {
    clauses.push(`AND ${sql}`);
    values.push(...given);
  };
  if (filter.prefix) add('substr(instance_id, 1, length(?)) = ?', filter.prefix, filter.prefix);
  if (filter.createdFrom !== undefined) add('created_at >= ?', filter.createdFrom);
  if (filter.createdTo !== undefined) add('created_at <= ?', filter.createdTo);
  const statuses = filter.statuses ?? [];
  if (statuses.length > 0) add(`status IN (${statuses.map(() => '?').join(', ')})`, ...statuses);
  return { sql: clauses.join(' '), values };
}

function instanceOf(row: Row): Instance {
  return {
    instanceId: text(row, 'instance_id'),
    executionId: text(row, 'execution_id'),
    name: text(row, 'name'),
    version: text(row, 'version'),
    status: statusOf(text(row, 'status')),
    input: textOrNull(row, 'input'),
    output: textOrNull(row, 'output'),
    customStatus: textOrNull(row, 'custom_status'),
    generation: row.generation === null ? null : integer(row, 'generation'),
    createdAt: integer(row, 'created_at'),
    updatedAt: integer(row, 'updated_at'),
  };
}

const STATUSES: readonly RuntimeStatus[] = ['Pending', 'Running', 'Suspended', 'Completed', 'Failed', 'Terminated'];

function statusOf(value: string): RuntimeStatus {
  const known = STATUSES.find((status) => status === value);
  if (!known) throw new Error(`The host's state holds the unknown status '${value}'.`);
  return known;
}
