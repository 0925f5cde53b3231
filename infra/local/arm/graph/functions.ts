import type { Json } from '../core/json.ts';
import { QueryError } from './query-error.ts';
import { asText, isEmpty, truthOf } from './values.ts';

type ScalarFunction = {
  readonly least: number;
  readonly most: number;
  readonly apply: (args: readonly Json[]) => Json;
};

const one = (apply: (value: Json) => Json): ScalarFunction => ({
  least: 1,
  most: 1,
  apply: ([value]) => apply(value ?? null),
});
const bag: ScalarFunction = { least: 2, most: 128, apply: pack };

/** The scalar functions, by their lower-case name. */
const scalarFunctions: ReadonlyMap<string, ScalarFunction> = new Map([
  ['tolower', one((value) => asText(value).toLowerCase())],
  ['toupper', one((value) => asText(value).toUpperCase())],
  ['tostring', one(asText)],
  ['toint', one(toInteger)],
  ['tolong', one(toInteger)],
  ['tobool', one(toBoolean)],
  [
    'not',
    one((value) => {
      const truth = truthOf(value);
      return truth === null ? null : !truth;
    }),
  ],
  ['isnull', one((value) => value === null)],
  ['isnotnull', one((value) => value !== null)],
  ['isempty', one(isEmpty)],
  ['isnotempty', one((value) => !isEmpty(value))],
  ['split', { least: 2, most: 2, apply: ([text, by]) => asText(text ?? null).split(asText(by ?? null)) }],
  ['array_length', one((value) => (Array.isArray(value) ? value.length : null))],
  ['strcat', { least: 1, most: 64, apply: (args) => args.map(asText).join('') }],
  [
    'iff',
    { least: 3, most: 3, apply: ([test, yes, no]) => (truthOf(test ?? null) === true ? (yes ?? null) : (no ?? null)) },
  ],
  ['coalesce', { least: 2, most: 64, apply: (args) => args.find((value) => value !== null && value !== '') ?? null }],
  ['extract', { least: 3, most: 3, apply: extract }],
  ['pack', bag],
  ['bag_pack', bag],
]);

/** A scalar function with a number of arguments; refuses one that does not exist, or not with so many. */
export function scalarFunction(name: string, count: number): ScalarFunction['apply'] {
  const found = scalarFunctions.get(name);
  if (found === undefined) throw new QueryError('UnknownFunction', `The function '${name}' is not supported.`);
  if (count < found.least || count > found.most)
    throw new QueryError('InvalidArguments', `The function '${name}' cannot be called with ${count} arguments.`);
  return found.apply;
}

function toInteger(value: Json): Json {
  if (typeof value === 'boolean') return Number(value);
  const text = asText(value).trim();
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Math.trunc(Number(text)) : null;
}

function toBoolean(value: Json): Json {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  const text = asText(value).trim().toLowerCase();
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : null;
}

/** Kusto's regular expressions are RE2's; what is told apart here does not differ from JavaScript's in plain patterns. */
function extract([pattern, group, source]: readonly Json[]): Json {
  return new RegExp(asText(pattern ?? null)).exec(asText(source ?? null))?.[Number(group)] ?? '';
}

function pack(args: readonly Json[]): Json {
  if (args.length % 2 === 1)
    throw new QueryError('InvalidArguments', "The function 'pack' needs pairs of a name and a value.");
  return Object.fromEntries(
    args.flatMap((name, index) => (index % 2 === 0 ? [[asText(name), args[index + 1] ?? null]] : [])),
  );
}
