import { DEVIATIONS } from './deviations.ts';
import { elide } from './recording.ts';

// Takes out of recorded and own results what differs from run to run, and the deviations.

const TIME = /\b(?!1970|2020|2100|0001)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)/g;
const HTTP_DATE = /\b\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g;
const GUID = /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b|\b[\da-f]{32}\b/g;
/**
 * A value as comparable JSON text, without the deviations of all scenarios and of the given one. Ids keep their kind and
 * get numbers in the order in which they appear.
 */
export function comparable(value: unknown, scenario = ''): string {
  const ids = new Map<string, string>();
  const text = JSON.stringify(value, sortedKeys) ?? 'undefined';
  const shown = elide(text)
    .replace(/(\{intervalInSeconds\}&)code=[\w-]*/g, '$1')
    .replace(/(\?|&)code=[\w-]*(&?)/g, (_, before, after) => (before === '?' || after ? before : ''))
    .replace(/"code=[\w-]*"/g, '""')
    .replace(/http:\/\/(?:localhost|127\.0\.0\.1):\d+\/durabletask\//g, 'RPC/')
    .replace(/http:\/\/(?:localhost|127\.0\.0\.1):\d+/g, 'ORIGIN')
    .replace(/\(127\.0\.0\.1:\d+\)/g, '(ORIGIN)')
    .replace(TIME, '‹time›')
    .replace(HTTP_DATE, '‹time›')
    .replace(GUID, (id) => {
      const known = ids.get(id) ?? `‹${id.includes('-') ? 'guid' : 'hex'} ${ids.size + 1}›`;
      ids.set(id, known);
      return known;
    });
  return DEVIATIONS.filter((one) => one.scenario === '*' || one.scenario === scenario).reduce(
    (all, { edit }) => edit(all),
    shown,
  );
}

/** Objects are compared without the order of their fields here; the payload's text is compared elsewhere, with it. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
