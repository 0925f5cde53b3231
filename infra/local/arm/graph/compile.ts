import type { Json } from '../core/json.ts';
import { comparisonOperators, isIn } from './comparisons.ts';
import { scalarFunction } from './functions.ts';
import { QueryError } from './query-error.ts';
import type { Expression } from './syntax.ts';
import { memberOf, truthOf } from './values.ts';

/** A row: its columns in order. */
export type Row = { readonly [column: string]: Json };

/** An expression, ready to be evaluated on rows. */
export type Evaluate = (row: Row) => Json;

/** Compiles an expression over known columns; refuses unknown columns and functions even when no row will be seen. */
export function compile(expression: Expression, columns: readonly string[]): Evaluate {
  switch (expression.kind) {
    case 'literal':
      return () => expression.value;
    case 'column':
      return column(expression.name, columns);
    case 'member': {
      const of = compile(expression.of, columns);
      return (row) => memberOf(of(row), expression.name);
    }
    case 'call': {
      const apply = scalarFunction(expression.name, expression.args.length);
      const args = expression.args.map((arg) => compile(arg, columns));
      return (row) => apply(args.map((arg) => arg(row)));
    }
    case 'compare': {
      const comparison = comparisonOperators.get(expression.operator);
      if (comparison === undefined)
        throw new QueryError('ParserFailure', `The operator '${expression.operator}' is not supported.`);
      const [left, right] = [compile(expression.left, columns), compile(expression.right, columns)];
      return (row) => comparison(left(row), right(row));
    }
    case 'in': {
      const left = compile(expression.left, columns);
      const among = expression.among.map((one) => compile(one, columns));
      return (row) =>
        isIn(
          expression.operator,
          left(row),
          among.map((one) => one(row)),
        );
    }
    case 'both':
    case 'either':
      return logical(expression.kind, compile(expression.left, columns), compile(expression.right, columns));
  }
}

/** The name that an expression without a given one gets, as Kusto names it; `undefined` when it has none. */
export function impliedName(expression: Expression): string | undefined {
  if (expression.kind === 'column') return expression.name;
  if (expression.kind !== 'member') return undefined;
  const inner = impliedName(expression.of);
  return inner === undefined ? undefined : `${inner}_${expression.name}`;
}

// What decides the outcome wins over what is unknown.
function logical(kind: 'both' | 'either', left: Evaluate, right: Evaluate): Evaluate {
  const decisive = kind === 'either';
  return (row) => {
    const one = truthOf(left(row));
    if (one === decisive) return decisive;
    const other = truthOf(right(row));
    if (other === decisive) return decisive;
    return one === null || other === null ? null : !decisive;
  };
}

function column(name: string, columns: readonly string[]): Evaluate {
  if (columns.includes(name)) return (row) => row[name] ?? null;
  throw new QueryError('UnknownColumn', `Failed to resolve column or scalar expression named '${name}'.`);
}
