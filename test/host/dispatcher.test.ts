import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { InvocationResult } from '../../infra/local/host/app/protocol.ts';
import { type Clock, systemClock } from '../../infra/local/host/clock.ts';
import { commandsOf } from '../../infra/local/host/durable/commands.ts';
import { openDatabase } from '../../infra/local/host/durable/database.ts';
import { type DispatcherOptions, startDispatcher } from '../../infra/local/host/durable/dispatcher.ts';
import { openStore } from '../../infra/local/host/durable/store.ts';
import { eventually } from './support/host-process.ts';
import { virtualClock } from './support/virtual-clock.ts';

const settings = {
  orchestrators: new Set(['fan', 'long', 'poison']),
  activities: new Set(['work']),
  entities: new Set<string>(),
  defaultVersion: null,
};

/** A dispatcher whose state is in memory, with orchestrator functions as the SDK answers for them. */
function inMemory(clock: Clock, options: Partial<DispatcherOptions> & Pick<DispatcherOptions, 'callOrchestrator'>) {
  const store = openStore(openDatabase(':memory:'));
  const dispatcher = startDispatcher({
    store,
    clock,
    settings: () => settings,
    versionMatch: 'None',
    maxOrchestrators: 3,
    maxActivities: 4,
    isAppReady: () => true,
    callActivity: async () => ({ ok: false, message: 'there is none', stack: '' }),
    warn: () => {},
    hazard: () => {},
    onError: (_id, error) => expect.fail(String(error)),
    ...options,
  });
  const { wake, stop } = dispatcher;
  const commands = commandsOf({ store, clock, defaultVersion: null, overridesAnyState: false, wake, hazard: () => {} });
  const start = (name: string, instanceId: string) => commands.start({ name, instanceId, input: null, version: null });
  return { store, start, stop };
}

const eventsOf = (payload: string, kind: number): { Timestamp: string }[] =>
  JSON.parse(payload).history.filter(({ EventType }: { EventType: number }) => EventType === kind);
const state = (isDone: boolean, actions: unknown[], output: unknown): InvocationResult => ({
  ok: true,
  returnValue: { json: JSON.stringify({ isDone, actions: [actions], output, schemaVersion: 3 }) },
  outputs: [],
});

const WORK = Array.from({ length: 12 }, (_, at) => ({ actionType: 0, functionName: 'work', input: `"${at}"` }));

/** A fan-out over twelve activities. */
function fan(payload: string): InvocationResult {
  const done = eventsOf(payload, 5).length;
  return state(done === 12, [{ actionType: 12, compoundActions: WORK }], done);
}

it('turns and activities run side by side up to their limits, and one that cannot be run does not stop the others', async () => {
  const running = { turns: 0, activities: 0 };
  const most = { turns: 0, activities: 0 };
  const busy = async <T>(kind: 'turns' | 'activities', work: () => T): Promise<T> => {
    most[kind] = Math.max(most[kind], ++running[kind]);
    await turnOfTheLoop();
    running[kind]--;
    return work();
  };
  let failures = 0;
  const { store, start, stop } = inMemory(systemClock, {
    callOrchestrator: (name, payload) =>
      busy('turns', () => {
        if (name === 'poison') throw new Error('cannot be run at all');
        return fan(payload);
      }),
    callActivity: (_name, input) =>
      busy('activities', () => ({ ok: true, returnValue: { string: `did ${input}` }, outputs: [] })),
    onError: () => failures++,
  });
  await Promise.all(['poison', 'fan', 'fan', 'fan', 'fan', 'fan'].map((name, at) => start(name, `${name}-${at}`)));
  for (let at = 1; at < 6; at++)
    await eventually('it has ended', () => store.instance(`fan-${at}`)?.status === 'Completed');
  stop();
  expect(most).toEqual({ turns: 3, activities: 4 });
  expect(store.instance('fan-5')?.output).toBe('12');
  expect(store.instance('poison-0')?.status).toBe('Pending');
  expect(failures).toBeGreaterThan(0);
});

it('what fails in the host itself is repeated ever more slowly, up to once a minute', async () => {
  const clock = virtualClock(0);
  const failed: number[] = [];
  const { start, stop } = inMemory(clock, {
    callOrchestrator: async () => {
      throw new Error('cannot be run at all');
    },
    onError: () => failed.push(clock.now()),
  });
  const started = start('poison', 'one');
  await clock.goTo(10);
  await started;
  await clock.goTo(5 * 60_000);
  stop();
  const seconds = failed.map((at, index) => Math.round((at - (failed[index - 1] ?? at)) / 1000));
  expect(seconds.slice(1)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

it('a timer of ten days takes no time on a virtual clock: its legs of three days are made as in the real engine', async () => {
  const day = 24 * 60 * 60 * 1000;
  const from = Date.parse('2026-11-23T00:00:00Z');
  const fireAt = new Date(from + 10 * day).toISOString();
  const clock = virtualClock(from);
  const { store, start, stop } = inMemory(clock, {
    callOrchestrator: async (_name, payload) => {
      const now = eventsOf(payload, 12).at(-1)?.Timestamp ?? '';
      return state(Date.parse(now) >= from + 10 * day, [{ actionType: 5, fireAt, isCanceled: false }], now);
    },
  });
  const started = start('long', 'one');
  await clock.goTo(from + 1000);
  await started;
  await clock.goTo(from + 9.5 * day);
  expect(store.instance('one')?.status).toBe('Running');
  await clock.goTo(from + 11 * day);
  stop();
  expect(store.instance('one')).toMatchObject({ status: 'Completed', output: `"${fireAt.replace('.000', '')}"` });
  const legs = store.history('one').flatMap((event) => (event.EventType === 10 ? [event.FireAt] : []));
  expect(legs.slice(0, 4).map((at) => (Date.parse(at) - from) / day)).toEqual(
    [3, 6, 9, 10].map((days) => expect.closeTo(days, 3)),
  );
});
