import { arrayOf, type JsonObject, objectOf, stringOf } from '../core/json.ts';
import type { ResourceBody } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { type AdvancedFilter, advancedFilterSchema, passesFilter } from './advanced-filter.ts';

/** Says whether an event subscription wants an event: its scope, event types, subject and advanced filters, all of them. */
export function wants(world: World, subscription: ResourceBody, event: JsonObject): boolean {
  const filter = objectOf(subscription.properties.filter);
  const types = arrayOf(filter.includedEventTypes);
  return (
    isInScope(sourceOf(world, subscription), stringOf(event.subject) ?? '') &&
    (types.length === 0 || types.includes(event.eventType ?? null)) &&
    passesSubject(filter, stringOf(event.subject) ?? '') &&
    filtersOf(filter).every((advanced) => passesFilter(advanced, event))
  );
}

/** What the events are about: the source of a system topic, else the scope of the event subscription itself. */
function sourceOf(world: World, { properties }: ResourceBody): string {
  const topic = stringOf(properties.topic) ?? '';
  return stringOf(world.store.get(topic)?.body.properties.source) ?? topic;
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
