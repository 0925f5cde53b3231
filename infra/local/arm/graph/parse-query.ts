import { parseExpression } from './parse-expression.ts';
import { QueryError } from './query-error.ts';
import { createReader, type Reader } from './reader.ts';
import type { JoinKey, Named, Operator, Query } from './syntax.ts';
import { tokenize } from './tokens.ts';

/** Parses a query. An operator that is not known here is refused, never skipped. */
export function parseQuery(text: string): Query {
  const reader = createReader(tokenize(text));
  const query = parseTabular(reader);
  return reader.peek().kind === 'end' ? query : reader.fail("'|' or the end of the query");
}

function parseTabular(reader: Reader): Query {
  const table = reader.name();
  const operators: Operator[] = [];
  while (reader.take('|')) operators.push(parseOperator(reader));
  return { table, operators };
}

function parseOperator(reader: Reader): Operator {
  const name = reader.name();
  switch (name) {
    case 'where':
      return { kind: 'where', predicate: parseExpression(reader) };
    case 'extend':
    case 'project':
      return { kind: name, columns: list(reader, parseNamed) };
    case 'project-away':
      return { kind: 'projectAway', names: list(reader, (names) => names.name()) };
    case 'order':
    case 'sort':
      reader.expect('by');
      return { kind: 'order', by: list(reader, parseOrder) };
    case 'take':
    case 'limit':
      return { kind: 'take', count: parseCount(reader) };
    case 'count':
      return { kind: 'count' };
    case 'summarize':
      return parseSummarize(reader);
    case 'join':
      return parseJoin(reader);
    default:
      throw new QueryError('ParserFailure', `ParserFailure: the operator '${name}' is not supported.`);
  }
}

function parseNamed(reader: Reader): Named {
  if (reader.peek().kind !== 'name' || reader.peek(1).text !== '=' || reader.peek(1).kind !== 'symbol') {
    return { name: undefined, expression: parseExpression(reader) };
  }
  const name = reader.name();
  reader.expect('=');
  return { name, expression: parseExpression(reader) };
}

// Kusto sorts descending unless told otherwise.
function parseOrder(reader: Reader) {
  const expression = parseExpression(reader);
  if (reader.take('asc')) return { expression, descending: false };
  reader.take('desc');
  return { expression, descending: true };
}

function parseCount(reader: Reader): number {
  return reader.peek().kind === 'number' ? Number(reader.next().text) : reader.fail('a number');
}

function parseSummarize(reader: Reader): Operator {
  const aggregates = reader.peek().text === 'by' ? [] : list(reader, parseNamed);
  return { kind: 'summarize', aggregates, by: reader.take('by') ? list(reader, parseNamed) : [] };
}

function parseJoin(reader: Reader): Operator {
  reader.expect('kind');
  reader.expect('=');
  const flavor = reader.name();
  if (flavor !== 'leftouter' && flavor !== 'inner') {
    throw new QueryError('ParserFailure', `ParserFailure: the join kind '${flavor}' is not supported.`);
  }
  reader.expect('(');
  const right = parseTabular(reader);
  reader.expect(')');
  reader.expect('on');
  return { kind: 'join', flavor, right, on: list(reader, parseJoinKey) };
}

function parseJoinKey(reader: Reader): JoinKey {
  const expression = parseExpression(reader);
  if (expression.kind === 'column' && expression.side === undefined)
    return { left: expression.name, right: expression.name };
  if (expression.kind === 'compare' && expression.operator === '==') {
    const { left, right } = expression;
    if (left.kind === 'column' && right.kind === 'column' && left.side === 'left' && right.side === 'right') {
      return { left: left.name, right: right.name };
    }
  }
  return reader.fail("'$left.column == $right.column' or a column");
}

function list<Item>(reader: Reader, parse: (reader: Reader) => Item): readonly Item[] {
  const items = [parse(reader)];
  while (reader.take(',')) items.push(parse(reader));
  return items;
}
