import { isObject, type Json } from '../core/json.ts';

/** A value as text, as `tostring` gives it: nothing for null, JSON for objects and arrays. */
export function asText(value: Json): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Says whether a value counts as empty text. */
export function isEmpty(value: Json): boolean {
  return asText(value) === '';
}

/** Three-valued logic: null is "unknown", which `where` treats as no. */
export type Truth = boolean | null;

export function truthOf(value: Json): Truth {
  return typeof value === 'boolean' ? value : null;
}

/** `==`: unknown between two nulls, else no when one is null. Text is compared with its case. */
export function equals(left: Json, right: Json): Truth {
  if (left === null || right === null) return left === null && right === null ? null : false;
  if (typeof left === 'object' || typeof right === 'object') return JSON.stringify(left) === JSON.stringify(right);
  if (typeof left === 'boolean' || typeof right === 'boolean')
    return asText(left).toLowerCase() === asText(right).toLowerCase();
  return asText(left) === asText(right);
}

/** Compares for order: numbers as numbers, else as text; null comes first. */
export function compare(left: Json, right: Json): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [one, other] = [asText(left), asText(right)];
  return one < other ? -1 : Number(one > other);
}

/** A member of an object or array; null when there is none. Names of members have case, as in Kusto. */
export function memberOf(value: Json, name: string | number): Json {
  if (typeof name === 'number') return Array.isArray(value) ? ((value.at(name) as Json | undefined) ?? null) : null;
  return isObject(value) && Object.hasOwn(value, name) ? (value[name] ?? null) : null;
}
