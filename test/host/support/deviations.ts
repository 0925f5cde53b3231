import { withoutExceptions } from './dotnet-exceptions.ts';

// Where this host is not like the recorded one. The table is to stay short; a newcomer should read it first.

/** Scenarios that this host refuses, with what it says instead. */
export const REFUSED: Record<string, { why: string; fn?: string; says: RegExp }> = {
  entities: {
    why: 'durable entities',
    fn: 'entities',
    says: /Durable entities .* are not supported by the embedded Functions host/,
  },
  locks: {
    why: 'durable entities',
    fn: 'locks',
    says: /Critical sections .* are not supported by the embedded Functions host/,
  },
  entityApi: { why: 'durable entities', says: /Durable entities are not supported/ },
  rewind: { why: 'rewind', says: /Rewind is not supported/ },
  rewindSub: { why: 'rewind', says: /Rewind is not supported/ },
};

/** Looked at by the crash tests: there the host is killed, and what was in flight is repeated at once, not five minutes later. */
export const CRASHES = new Set(['hostKilled', 'hostKilledMore', 'hostStopped']);

/** Here it is chance how many messages one turn takes, and in which order: histories are compared as sets of events. */
export const CHANCE = new Map(
  Object.entries({
    fanOut: 'ten activities at once',
    allOneFails: 'three activities at once',
    allOneFailsCaught: 'three activities at once',
    anyReused: 'activities at once',
    anyThenEnd: 'activities at once',
    retryParallel: 'three retry loops at once',
    subFanOut: 'three children at once',
    eventsAtOnce: 'twenty events at once',
    eventsInOrder: 'ten events, faster than the turns',
    eventInTurn: 'three events, faster than the turns',
    eventOther: 'two events, faster than the turns',
    eventDuringStart: 'the event may come before the first turn',
    drainLoses: 'three events, faster than the turns',
    longTimerAndShort: 'a timer is made again until its second is over, in as many turns as fit',
  }),
);

const replace = (pattern: RegExp, by: string) => (text: string) => text.replace(pattern, by);

/** What is taken out on both sides before comparing, and why. */
export const DEVIATIONS: { scenario: string; why: string; edit: (text: string) => string }[] = [
  { scenario: '*', why: 'the text inside Details: .NET exceptions', edit: withoutExceptions },
  {
    scenario: '*',
    why: 'stack traces, of .NET there',
    edit: (text) =>
      text
        .replace(/(StackTrace(\\*)":\2")[^"]*?(?=\2")/g, '$1‹stack›')
        .replace(/(, StackTrace:)[^"]*?(?=\\*"|$)/g, '$1‹stack›'),
  },
  {
    scenario: '*',
    why: 'the list of known functions: in the order of a hash table, and the app grew while it was recorded',
    edit: replace(/(The following are the known \w+ functions: )'[^.]*'\./g, '$1‹names›.'),
  },
  {
    scenario: '*',
    why: 'words of the JSON reader: Newtonsoft there, JavaScript here',
    edit: replace(
      /"ExceptionMessage":"(?:[^"\\]|\\.)*","ExceptionType":"Newtonsoft\.Json\.JsonReaderException"/g,
      '"ExceptionMessage":"‹words›"',
    ),
  },
  {
    scenario: 'list',
    why: 'a continuation token is opaque',
    edit: replace(/("x-ms-continuation-token":"\w+) ?"/g, '$1"'),
  },
  {
    scenario: 'timerMany',
    why: 'how early a timer fires is chance',
    edit: replace(/\\*"late\\*":-?\d+/g, '"late":‹ms›'),
  },
  {
    scenario: 'eventsAtOnce',
    why: 'events raised at the same time come in any order',
    edit: replace(/\[\d+(?:,\d+){19}\]/g, '‹twenty numbers›'),
  },
  {
    scenario: 'eventInTurn',
    why: 'the last event may find the instance at its end',
    edit: replace(/"status":410/g, '"status":202'),
  },
  {
    scenario: 'startRace',
    why: 'which of two starts comes first is chance',
    edit: replace(/(start\\*":)[12]/g, '$1‹1 or 2›'),
  },
  {
    scenario: 'startRace',
    why: 'how far the work has come is chance',
    edit: replace(/"runtimeStatus":"(?:Pending|Running)"/g, '"runtimeStatus":"‹begun›"'),
  },
  {
    scenario: 'client',
    why: 'how far the work has come is chance',
    edit: replace(/with the status (?:Pending|Running) already/g, 'with the status ‹begun› already'),
  },
  {
    scenario: 'client',
    why: 'lists what other scenarios have left',
    edit: replace(/\{"call":"getStatusBy",.*?\}\]\}/g, '‹list›'),
  },
  {
    scenario: 'client',
    why: 'durable entities are refused',
    edit: replace(/\{"call":"(?:readEntityState|signalEntity)".*?\}(?=,\{"call")/g, '‹entity›'),
  },
];

/** Activities that a scenario before it had left running are in this recording. */
export const FOREIGN_INVOCATIONS = new Set(['oddIds']);
