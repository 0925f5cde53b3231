import type { Json } from '../core/json.ts';
import { compile, type Evaluate, impliedName, type Row } from './compile.ts';
import { QueryError } from './query-error.ts';
import type { Expression, Named } from './syntax.ts';
import { compare, truthOf } from './values.ts';

type Aggregate = (rows: readonly Row[]) => Json;

/** Groups rows by keys and aggregates each group. Columns: keys first, then aggregates. */
export function summarize(
  rows: readonly Row[],
  columns: readonly string[],
  aggregates: readonly Named[],
  by: readonly Named[],
) {
  const keys = by.map(({ name, expression }, index) => ({
    name: name ?? impliedName(expression) ?? `Column${index + 1}`,
    evaluate: compile(expression, columns),
  }));
  const results = aggregates.map(({ name, expression }) => aggregateOf(name, expression, columns));
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify(keys.map(({ evaluate }) => evaluate(row)));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  // Without keys there is one group, even of nothing.
  if (keys.length === 0 && groups.size === 0) groups.set('', []);
  const names = [...keys, ...results].map(({ name }) => name);
  const made = [...groups.values()].map((group) => rowOf(group, keys, results));
  return { columns: names, rows: made };
}

function rowOf(
  group: readonly Row[],
  keys: readonly { readonly name: string; readonly evaluate: Evaluate }[],
  results: readonly { readonly name: string; readonly aggregate: Aggregate }[],
): Row {
  const first = group[0] ?? {};
  return Object.fromEntries([
    ...keys.map(({ name, evaluate }) => [name, evaluate(first)] as const),
    ...results.map(({ name, aggregate }) => [name, aggregate(group)] as const),
  ]);
}

function aggregateOf(name: string | undefined, expression: Expression, columns: readonly string[]) {
  if (expression.kind !== 'call') throw new QueryError('InvalidAggregate', 'summarize needs an aggregate function.');
  const [argument] = expression.args;
  const evaluate = argument === undefined ? undefined : compile(argument, columns);
  const suffix = argument === undefined ? '' : (impliedName(argument) ?? '');
  const { aggregate, prefix } = aggregateFunction(expression.name, expression.args.length, evaluate ?? (() => null));
  return { name: name ?? `${prefix}${suffix}`, aggregate };
}

function aggregateFunction(
  name: string,
  count: number,
  evaluate: Evaluate,
): { readonly prefix: string; readonly aggregate: Aggregate } {
  const values = (rows: readonly Row[]) => rows.map(evaluate).filter((value) => value !== null);
  const wanted = name === 'count' ? 0 : 1;
  if (count !== wanted)
    throw new QueryError('InvalidArguments', `The aggregate '${name}' cannot be called with ${count} arguments.`);
  switch (name) {
    case 'count':
      return { prefix: 'count_', aggregate: (rows) => rows.length };
    case 'countif':
      return { prefix: 'countif_', aggregate: (rows) => rows.filter((row) => truthOf(evaluate(row)) === true).length };
    case 'make_list':
      return { prefix: 'list_', aggregate: values };
    case 'make_set':
      return {
        prefix: 'set_',
        aggregate: (rows) => [...new Map(values(rows).map((value) => [JSON.stringify(value), value])).values()],
      };
    case 'any':
    case 'take_any':
      return {
        prefix: name === 'any' ? 'any_' : '',
        aggregate: (rows) => (rows[0] === undefined ? null : evaluate(rows[0])),
      };
    case 'min':
      return { prefix: 'min_', aggregate: (rows) => values(rows).sort(compare)[0] ?? null };
    case 'max':
      return { prefix: 'max_', aggregate: (rows) => values(rows).sort(compare).at(-1) ?? null };
    default:
      throw new QueryError('UnknownFunction', `The aggregate function '${name}' is not supported.`);
  }
}
