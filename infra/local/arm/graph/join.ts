import type { Row } from './compile.ts';
import { QueryError } from './query-error.ts';
import type { JoinKey } from './syntax.ts';
import type { Table } from './tables.ts';

/**
 * Joins two tables on equal columns (with case, as Kusto does). Columns of the right side follow those of the left;
 * one whose name is taken gets a 1 at its end.
 */
export function join(left: Table, right: Table, flavor: 'leftouter' | 'inner', on: readonly JoinKey[]): Table {
  requireColumns(
    left.columns,
    on.map((key) => key.left),
  );
  requireColumns(
    right.columns,
    on.map((key) => key.right),
  );
  const renamed = right.columns.map((column) => ({ column, as: freeName(column, left.columns) }));
  const index = Map.groupBy(right.rows, (row) =>
    keyOf(
      row,
      on.map((key) => key.right),
    ),
  );
  const nothing: Row = {};
  const rows = left.rows.flatMap((row) => {
    const matches =
      index.get(
        keyOf(
          row,
          on.map((key) => key.left),
        ),
      ) ?? (flavor === 'leftouter' ? [nothing] : []);
    return matches.map((match) => ({
      ...row,
      ...Object.fromEntries(renamed.map(({ column, as }) => [as, match[column] ?? null])),
    }));
  });
  return { columns: [...left.columns, ...renamed.map(({ as }) => as)], rows };
}

function requireColumns(columns: readonly string[], wanted: readonly string[]): void {
  const unknown = wanted.find((column) => !columns.includes(column));
  if (unknown !== undefined)
    throw new QueryError('UnknownColumn', `Failed to resolve column or scalar expression named '${unknown}'.`);
}

function keyOf(row: Row, columns: readonly string[]): string {
  return JSON.stringify(columns.map((column) => row[column] ?? null));
}

function freeName(column: string, taken: readonly string[]): string {
  return taken.includes(column) ? freeName(`${column}1`, taken) : column;
}
