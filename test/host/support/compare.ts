import { expect } from 'vitest';
import { EventType, type HistoryEvent } from '../../../infra/local/host/engine/history.ts';
import { CHANCE, FOREIGN_INVOCATIONS } from './deviations.ts';
import { executionOf } from './histories.ts';
import { comparable } from './normalise.ts';
import type { Exchange, Final, Recording, Turn } from './recording.ts';

// Each comparison answers how much it compared.

const text = (scenario: string, value: unknown) => comparable(value, scenario);

export function compareExchanges({ scenario, http }: Recording, own: Recording): number {
  const view = ({ label, request, response }: Exchange) =>
    text(scenario, { label, method: request.method, path: request.path, response });
  // Races are played side by side.
  const order = (exchanges: Exchange[]) =>
    scenario === 'startRace' ? exchanges.map(view).sort() : exchanges.map(view);
  expect(order(own.http)).toEqual(order(http));
  return http.length;
}

export function compareFinals({ scenario, final }: Recording, own: Recording): number {
  const view = (finals: Record<string, Final>) =>
    Object.fromEntries(Object.entries(finals).map(([id, one]) => [id, text(scenario, inAnyOrder(scenario, one))]));
  expect(view(own.final)).toEqual(view(final));
  return Object.keys(final).length;
}

/** Where the order of events is chance, they are sorted, and repetitions left out where their number is chance. */
function inAnyOrder(scenario: string, { body, ...rest }: Final): unknown {
  if (!CHANCE.has(scenario) || typeof body !== 'object' || body === null || !('historyEvents' in body))
    return { body, ...rest };
  const events = Array.isArray(body.historyEvents) ? body.historyEvents : [];
  return { ...rest, body: { ...body, historyEvents: asSet(scenario, events) } };
}

/** How many events there are is chance too. */
const COUNTLESS = new Set(['longTimerAndShort']);

function asSet(scenario: string, events: readonly unknown[]): string[] {
  const sorted = events.map((event) => text(scenario, event)).sort();
  return COUNTLESS.has(scenario)
    ? [...new Set(sorted.map((event) => event.replace(/"(EventId|TimerId)":\d+/g, '"$1":‹n›')))]
    : sorted;
}

/** Every recorded call of an activity must have been made here too, with the same input text and answer. */
export function compareInvocations({ scenario, invocations }: Recording, own: Recording): number {
  if (FOREIGN_INVOCATIONS.has(scenario)) return 0;
  const view = ({ function: name, inputText, output, thrown }: Recording['invocations'][number]) =>
    text(scenario, { name, inputText, output, thrown });
  const made = own.invocations.map(view);
  const wanted = invocations.filter(({ kind }) => kind === 'activity').map(view);
  for (const call of new Set(wanted)) {
    const times = (list: string[]) => list.filter((one) => one === call).length;
    expect({ call, times: Math.min(times(made), times(wanted)) }).toEqual({ call, times: times(wanted) });
  }
  return wanted.length;
}

/** Turn by turn; where batching is chance, what each execution had in its history in the end. */
export function compareTurns({ scenario, turns }: Recording, own: Recording): number {
  if (CHANCE.has(scenario)) expect(histories(scenario, own.turns)).toEqual(histories(scenario, turns));
  else {
    const view = ({ function: name, payload, state, thrown }: Turn) => text(scenario, { name, payload, state, thrown });
    expect(byExecution(own.turns).map(view)).toEqual(byExecution(turns).map(view));
  }
  return turns.length;
}

/** Turns of different executions are side by side: their order among each other says nothing. */
function byExecution(turns: readonly Turn[]): Turn[] {
  const groups = Map.groupBy(turns, executionOf);
  return [...groups.values()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)).flat();
}

function nameOf([first]: readonly Turn[]): string {
  return first ? `${first.function} ${first.payload.instanceId.replace(/[\da-f-]{32,36}/, '')}` : '';
}

const BRACKETS: readonly number[] = [EventType.OrchestratorStarted, EventType.OrchestratorCompleted];

function histories(scenario: string, turns: readonly Turn[]): string[][] {
  const groups = Map.groupBy(turns, executionOf);
  return [...groups.values()]
    .map((group) => asSet(scenario, withoutBrackets(group.at(-1)?.payload.history ?? [])))
    .sort((a, b) => (a.join() < b.join() ? -1 : 1));
}

function withoutBrackets(history: readonly HistoryEvent[]): unknown[] {
  return history
    .filter(({ EventType: kind }) => !BRACKETS.includes(kind))
    .map(({ IsPlayed: _played, ...event }) => event);
}
