import type { Json } from '../core/json.ts';
import { asText, compare, equals, type Truth } from './values.ts';

type Comparison = (left: Json, right: Json) => Truth;

const negated = (truth: Truth): Truth => (truth === null ? null : !truth);
const folded = (value: Json) => asText(value).toLowerCase();
const ordered =
  (test: (order: number) => boolean): Comparison =>
  (left, right) =>
    left === null || right === null ? null : test(compare(left, right));
const contains: Comparison = (left, right) => folded(left).includes(folded(right));
const startsWith: Comparison = (left, right) => folded(left).startsWith(folded(right));
const endsWith: Comparison = (left, right) => folded(left).endsWith(folded(right));
const equalsFolded: Comparison = (left, right) => folded(left) === folded(right);

/** The comparison operators; the word operators and those with `~` ignore case. */
export const comparisonOperators: ReadonlyMap<string, Comparison> = new Map<string, Comparison>([
  ['==', equals],
  ['!=', (left, right) => negated(equals(left, right))],
  ['=~', equalsFolded],
  ['!~', (left, right) => negated(equalsFolded(left, right))],
  ['<', ordered((order) => order < 0)],
  ['<=', ordered((order) => order <= 0)],
  ['>', ordered((order) => order > 0)],
  ['>=', ordered((order) => order >= 0)],
  ['contains', contains],
  ['!contains', (left, right) => negated(contains(left, right))],
  ['startswith', startsWith],
  ['!startswith', (left, right) => negated(startsWith(left, right))],
  ['endswith', endsWith],
  ['!endswith', (left, right) => negated(endsWith(left, right))],
]);

/** `in` and its three variants; an array among the values counts as its elements. */
export function isIn(operator: string, value: Json, among: readonly Json[]): boolean {
  const values = among.flatMap((one) => (Array.isArray(one) ? one : [one]));
  const same = operator.endsWith('~') ? equalsFolded : equals;
  const found = values.some((one) => same(value, one) === true);
  return operator.startsWith('!') ? !found : found;
}
