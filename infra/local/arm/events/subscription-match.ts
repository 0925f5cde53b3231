import { arrayOf, type JsonObject, objectOf, stringOf } from '../core/json.ts';
import type { ResourceBody } from '../core/resource-type.ts';
import { type AdvancedFilter, advancedFilterSchema, passesFilter } from './advanced-filter.ts';

/** Says whether an event subscription wants an event: its scope, event types, subject and advanced filters, all of them. */
export function wants(subscription: ResourceBody, event: JsonObject): boolean {
  const filter = objectOf(subscription.properties.filter);
  const types = arrayOf(filter.includedEventTypes);
  return (
    isInScope(stringOf(subscription.properties.topic) ?? '', stringOf(event.subject) ?? '') &&
    (types.length === 0 || types.includes(event.eventType ?? null)) &&
    passesSubject(filter, stringOf(event.subject) ?? '') &&
    filtersOf(filter).every((advanced) => passesFilter(advanced, event))
  );
}

function isInScope(topic: string, subject: string): boolean {
  return `${subject}/`.toLowerCase().startsWith(`${topic}/`.toLowerCase());
}

function passesSubject(filter: JsonObject, subject: string): boolean {
  const fold = (text: string) => (filter.isSubjectCaseSensitive === true ? text : text.toLowerCase());
  const begins = fold(stringOf(filter.subjectBeginsWith) ?? '');
  const ends = fold(stringOf(filter.subjectEndsWith) ?? '');
  return fold(subject).startsWith(begins) && fold(subject).endsWith(ends);
}

function filtersOf(filter: JsonObject): readonly AdvancedFilter[] {
  return arrayOf(filter.advancedFilters).map((advanced) => advancedFilterSchema.parse(advanced));
}
