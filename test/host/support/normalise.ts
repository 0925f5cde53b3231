import { elide } from './recording.ts';

// Takes out of recorded and own results what differs from run to run, and what only stands in for .NET's exceptions.

const TIME = /\b(?!1970|2020|2100|0001)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)/g;
const HTTP_DATE = /\b\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g;
const GUID = /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b|\b[\da-f]{32}\b/g;
const STACKS: [RegExp, string][] = [
  [/(StackTrace(\\*)":\2")[^"]*?(?=\2")/g, '$1‹stack›'],
  [/(, StackTrace:)[^"]*?(?=\\*"|$)/g, '$1‹stack›'],
];
const KNOWN_FUNCTIONS = /(The following are the known \w+ functions: )'[^.]*'\./g;

/** A value as comparable JSON text. Ids keep their kind and get numbers in the order in which they appear. */
export function comparable(value: unknown): string {
  const ids = new Map<string, string>();
  const text = JSON.stringify(value, sortedKeys) ?? 'undefined';
  const shown = elide(withoutExceptions(text))
    .replace(/(\{intervalInSeconds\}&)code=[\w-]*/g, '$1')
    .replace(/(\?|&)code=[\w-]*(&?)/g, (_, before, after) => (before === '?' || after ? before : ''))
    .replace(/"code=[\w-]*"/g, '""')
    .replace(/http:\/\/(?:localhost|127\.0\.0\.1):\d+\/durabletask\//g, 'RPC/')
    .replace(/http:\/\/(?:localhost|127\.0\.0\.1):\d+/g, 'ORIGIN')
    .replace(/\(127\.0\.0\.1:\d+\)/g, '(ORIGIN)')
    .replace(KNOWN_FUNCTIONS, '$1‹names›.')
    .replace(TIME, '‹time›')
    .replace(HTTP_DATE, '‹time›')
    .replace(GUID, (id) => {
      const known = ids.get(id) ?? `‹${id.includes('-') ? 'guid' : 'hex'} ${ids.size + 1}›`;
      ids.set(id, known);
      return known;
    });
  return STACKS.reduce((all, [pattern, by]) => all.replace(pattern, by), shown);
}

/** Objects are compared without the order of their fields here; the payload's text is compared elsewhere, with it. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const EXCEPTION = /\{(\\*)"\$type\1":\1"System\.[\w.]*Exception, /;

/** Cuts serialised .NET exceptions out, at any depth of quoting, whole or cut short: up to the end of their string. */
function withoutExceptions(text: string): string {
  const found = EXCEPTION.exec(text);
  if (!found) return text;
  const depth = found[1]?.length ?? 0;
  const quotes = /(\\*)"/g;
  quotes.lastIndex = found.index + found[0].length;
  for (let quote = quotes.exec(text); quote; quote = quotes.exec(text)) {
    const outside = (quote[1]?.length ?? 0) < depth;
    if (outside) return `${text.slice(0, found.index)}‹exception›${withoutExceptions(text.slice(quote.index))}`;
  }
  return text;
}
