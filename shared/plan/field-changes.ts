import type { FlowLogChange, FlowLogSettings } from './flow-log-change.ts';

export type FieldValue = string | number | boolean | null | readonly string[];

/** One field of a flow log that a plan sets: as it is, and as it will be. */
export type FieldChange = { readonly field: string; readonly before: FieldValue; readonly after: FieldValue };

/** What a change does, field by field: all fields of a log that is made or deleted, of another those that differ. */
export function fieldChanges(change: FlowLogChange): readonly FieldChange[] {
  const after = fieldsOf(change.after);
  const before = fieldsOf(change.before);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names
    .map((field) => ({ field, before: before.get(field) ?? null, after: after.get(field) ?? null }))
    .filter((one) => change.kind !== 'update' || !same(one.before, one.after));
}

/** Settings that hold settings come out under their path, as `trafficAnalytics.workspaceId`. */
function fieldsOf(settings: FlowLogSettings | null): ReadonlyMap<string, FieldValue> {
  return new Map(settings ? flatten('', settings) : []);
}

function flatten(path: string, value: unknown): [string, FieldValue][] {
  if (isFieldValue(value)) return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => flatten(path === '' ? name : `${path}.${name}`, field));
}

function isFieldValue(value: unknown): value is FieldValue {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value) || Array.isArray(value);
}

/** Azure's ids have no case, and nothing else that is a text here tells by case. */
function same(one: FieldValue, other: FieldValue): boolean {
  return JSON.stringify(one)?.toLowerCase() === JSON.stringify(other)?.toLowerCase();
}
