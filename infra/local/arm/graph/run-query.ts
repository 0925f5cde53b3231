import { compile, impliedName, type Row } from './compile.ts';
import { join } from './join.ts';
import { QueryError } from './query-error.ts';
import { summarize } from './summarize.ts';
import type { Named, Operator, Query } from './syntax.ts';
import type { Table } from './tables.ts';
import { compare, truthOf } from './values.ts';

/** Runs a query over tables found by their lower-case name; refuses a table that does not exist. */
export function runQuery(query: Query, tables: ReadonlyMap<string, () => Table>): Table {
  const source = tables.get(query.table.toLowerCase());
  if (source === undefined)
    throw new QueryError('DisallowedLogicalTableName', `Table ${query.table} is invalid, unsupported or disallowed.`);
  return query.operators.reduce((table, operator) => apply(table, operator, tables), source());
}

function apply(table: Table, operator: Operator, tables: ReadonlyMap<string, () => Table>): Table {
  switch (operator.kind) {
    case 'where': {
      const predicate = compile(operator.predicate, table.columns);
      return { columns: table.columns, rows: table.rows.filter((row) => truthOf(predicate(row)) === true) };
    }
    case 'extend':
      return extend(table, operator.columns);
    case 'project':
      return project(table, operator.columns);
    case 'projectAway':
      return projectAway(table, operator.names);
    case 'order':
      return order(table, operator.by);
    case 'take':
      return { columns: table.columns, rows: table.rows.slice(0, operator.count) };
    case 'count':
      return { columns: ['Count'], rows: [{ Count: table.rows.length }] };
    case 'summarize':
      return summarize(table.rows, table.columns, operator.aggregates, operator.by);
    case 'join':
      return join(table, runQuery(operator.right, tables), operator.flavor, operator.on);
  }
}

function extend(table: Table, columns: readonly Named[]): Table {
  const made = evaluators(table, columns);
  const names = [...new Set([...table.columns, ...made.map(({ name }) => name)])];
  const rows = table.rows.map((row) => ({
    ...row,
    ...Object.fromEntries(made.map(({ name, evaluate }) => [name, evaluate(row)])),
  }));
  return { columns: names, rows };
}

function project(table: Table, columns: readonly Named[]): Table {
  const made = evaluators(table, columns);
  const rows = table.rows.map(
    (row): Row => Object.fromEntries(made.map(({ name, evaluate }) => [name, evaluate(row)])),
  );
  return { columns: made.map(({ name }) => name), rows };
}

function evaluators(table: Table, columns: readonly Named[]) {
  return columns.map(({ name, expression }, index) => ({
    name: name ?? impliedName(expression) ?? `Column${index + 1}`,
    evaluate: compile(expression, table.columns),
  }));
}

function projectAway(table: Table, names: readonly string[]): Table {
  for (const name of names) compile({ kind: 'column', name }, table.columns);
  const kept = table.columns.filter((column) => !names.includes(column));
  return {
    columns: kept,
    rows: table.rows.map((row) => Object.fromEntries(kept.map((column) => [column, row[column] ?? null]))),
  };
}

function order(table: Table, by: Extract<Operator, { kind: 'order' }>['by']): Table {
  const keys = by.map(({ expression, descending }) => ({
    evaluate: compile(expression, table.columns),
    sign: descending ? -1 : 1,
  }));
  const decorated = table.rows.map((row) => ({ row, values: keys.map(({ evaluate }) => evaluate(row)) }));
  decorated.sort((one, other) => {
    for (const [index, { sign }] of keys.entries()) {
      const order = compare(one.values[index] ?? null, other.values[index] ?? null) * sign;
      if (order !== 0) return order;
    }
    return 0;
  });
  return { columns: table.columns, rows: decorated.map(({ row }) => row) };
}
