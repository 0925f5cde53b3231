import type { Reader } from './reader.ts';
import type { Expression } from './syntax.ts';

const comparisons = ['==', '!=', '=~', '!~', '<', '<=', '>', '>='];
const wordComparisons = ['contains', '!contains', 'startswith', '!startswith', 'endswith', '!endswith'];
const memberships = ['in', '!in', 'in~', '!in~'];

/** Reads an expression: `or` binds loosest, then `and`, then one comparison. */
export function parseExpression(reader: Reader): Expression {
  let left = parseConjunction(reader);
  while (reader.take('or')) left = { kind: 'either', left, right: parseConjunction(reader) };
  return left;
}

function parseConjunction(reader: Reader): Expression {
  let left = parseComparison(reader);
  while (reader.take('and')) left = { kind: 'both', left, right: parseComparison(reader) };
  return left;
}

function parseComparison(reader: Reader): Expression {
  const left = parsePath(reader);
  const { text, kind } = reader.peek();
  if (kind !== 'symbol' && kind !== 'name') return left;
  if (memberships.includes(text)) {
    reader.next();
    return { kind: 'in', operator: text, left, among: parseArguments(reader) };
  }
  if (![...comparisons, ...wordComparisons].includes(text)) return left;
  reader.next();
  return { kind: 'compare', operator: text, left, right: parsePath(reader) };
}

function parsePath(reader: Reader): Expression {
  let expression = parsePrimary(reader);
  for (;;) {
    if (reader.take('.')) expression = { kind: 'member', of: expression, name: reader.name() };
    else if (reader.take('[')) expression = { kind: 'member', of: expression, name: parseIndex(reader) };
    else return expression;
  }
}

function parseIndex(reader: Reader): string | number {
  const { kind, text } = reader.peek();
  if (kind !== 'string' && kind !== 'number') return reader.fail('a string or a number');
  reader.next();
  reader.expect(']');
  return kind === 'number' ? Number(text) : text;
}

function parsePrimary(reader: Reader): Expression {
  const { kind, text } = reader.peek();
  if (kind === 'string') return { kind: 'literal', value: reader.next().text };
  if (kind === 'number') return { kind: 'literal', value: Number(reader.next().text) };
  if (reader.take('-')) return negative(reader);
  if (reader.take('(')) {
    const inner = parseExpression(reader);
    reader.expect(')');
    return inner;
  }
  if (kind !== 'name') return reader.fail('an expression');
  reader.next();
  if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' };
  if (text === '$left' || text === '$right') {
    reader.expect('.');
    return { kind: 'column', name: reader.name(), side: text === '$left' ? 'left' : 'right' };
  }
  if (reader.peek().text === '(' && reader.peek().kind === 'symbol')
    return { kind: 'call', name: text, args: parseArguments(reader) };
  return { kind: 'column', name: text };
}

function negative(reader: Reader): Expression {
  const { kind, text } = reader.next();
  return kind === 'number' ? { kind: 'literal', value: -Number(text) } : reader.fail('a number');
}

function parseArguments(reader: Reader): readonly Expression[] {
  reader.expect('(');
  const args: Expression[] = [];
  if (reader.take(')')) return args;
  do args.push(parseExpression(reader));
  while (reader.take(','));
  reader.expect(')');
  return args;
}
