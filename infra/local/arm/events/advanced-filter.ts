import { z } from 'zod';
import { isObject, type Json, type JsonObject } from '../core/json.ts';

const stringOperators = ['StringIn', 'StringNotIn', 'StringBeginsWith', 'StringEndsWith', 'StringContains'] as const;

/** An advanced filter of an event subscription: the string operators; another one is refused when it is written. */
export const advancedFilterSchema = z.object({
  operatorType: z.enum(stringOperators),
  key: z.string(),
  values: z.array(z.string().max(512)).min(1).max(25),
});

export type AdvancedFilter = z.infer<typeof advancedFilterSchema>;

/** Says whether an event passes a filter: any of its values, without case. A key that the event lacks passes only a negation. */
export function passesFilter(filter: AdvancedFilter, event: JsonObject): boolean {
  const found = valueAt(event, filter.key.split('.'));
  if (typeof found !== 'string') return filter.operatorType === 'StringNotIn';
  const text = found.toLowerCase();
  const values = filter.values.map((value) => value.toLowerCase());
  switch (filter.operatorType) {
    case 'StringIn':
      return values.includes(text);
    case 'StringNotIn':
      return !values.includes(text);
    case 'StringBeginsWith':
      return values.some((value) => text.startsWith(value));
    case 'StringEndsWith':
      return values.some((value) => text.endsWith(value));
    case 'StringContains':
      return values.some((value) => text.includes(value));
  }
}

function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  return isObject(value) ? valueAt(value[first], rest) : undefined;
}
