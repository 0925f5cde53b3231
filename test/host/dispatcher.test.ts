import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { InvocationResult } from '../../infra/local/host/app/protocol.ts';
import { systemClock } from '../../infra/local/host/clock.ts';
import { commandsOf } from '../../infra/local/host/durable/commands.ts';
import { openDatabase } from '../../infra/local/host/durable/database.ts';
import { type Dispatcher, startDispatcher } from '../../infra/local/host/durable/dispatcher.ts';
import { openStore } from '../../infra/local/host/durable/store.ts';
import { eventually } from './support/host-process.ts';
import { virtualClock } from './support/virtual-clock.ts';

const settings = {
  orchestrators: new Set(['fan', 'poison']),
  activities: new Set(['work']),
  entities: new Set<string>(),
  defaultVersion: null,
};
const WORK = Array.from({ length: 12 }, (_, at) => ({ actionType: 0, functionName: 'work', input: `"${at}"` }));

/** A fan-out over twelve activities, as the SDK answers it. */
function fan(payload: string): InvocationResult {
  const done = JSON.parse(payload).history.filter(({ EventType }: { EventType: number }) => EventType === 5).length;
  const state = {
    isDone: done === 12,
    actions: [[{ actionType: 12, compoundActions: WORK }]],
    output: done,
    schemaVersion: 3,
  };
  return { ok: true, returnValue: { json: JSON.stringify(state) }, outputs: [] };
}

it('a timer of ten days takes no time on a virtual clock: its legs of three days are made as in the real engine', async () => {
  const from = Date.parse('2026-11-23T00:00:00Z');
  const days = (count: number) => from + count * 24 * 60 * 60 * 1000;
  const clock = virtualClock(from);
  const store = openStore(openDatabase(':memory:'));
  const fireAt = new Date(days(10)).toISOString();
  const orchestrate = (payload: string): InvocationResult => {
    const { history } = JSON.parse(payload);
    const now = history.findLast(({ EventType }: { EventType: number }) => EventType === 12).Timestamp;
    const isDone = Date.parse(now) >= days(10);
    const state = { isDone, actions: [[{ actionType: 5, fireAt, isCanceled: false }]], output: now, schemaVersion: 3 };
    return { ok: true, returnValue: { json: JSON.stringify(state) }, outputs: [] };
  };
  const dispatcher = startDispatcher({
    store,
    clock,
    settings: () => settings,
    versionMatch: 'None',
    maxOrchestrators: 1,
    maxActivities: 1,
    isAppReady: () => true,
    callOrchestrator: async (_name, payload) => orchestrate(payload),
    callActivity: async () => ({ ok: false, message: 'there is none', stack: '' }),
    warn: () => {},
    hazard: () => {},
    onError: (_id, error) => expect.fail(String(error)),
  });
  const wake = (id: string) => dispatcher.wake(id);
  const commands = commandsOf({ store, clock, defaultVersion: null, overridesAnyState: false, wake, hazard: () => {} });
  const started = commands.start({ name: 'fan', instanceId: 'long', input: null, version: null });
  await clock.goTo(from + 1000);
  await started;
  await clock.goTo(days(9.5));
  expect(store.instance('long')?.status).toBe('Running');
  await clock.goTo(days(11));
  dispatcher.stop();
  expect(store.instance('long')).toMatchObject({ status: 'Completed', output: `"${fireAt.replace('.000', '')}"` });
  const legs = store.history('long').flatMap((event) => (event.EventType === 10 ? [event.FireAt] : []));
  expect(legs.slice(0, 4).map((at) => (Date.parse(at) - from) / (24 * 60 * 60 * 1000))).toEqual(
    [3, 6, 9, 10].map((day) => expect.closeTo(day, 3)),
  );
});

it('turns and activities run side by side up to their limits, and one that cannot be run does not stop the others', async () => {
  const store = openStore(openDatabase(':memory:'));
  const running = { turns: 0, activities: 0 };
  const most = { turns: 0, activities: 0 };
  const busy = async <T>(kind: 'turns' | 'activities', work: () => T): Promise<T> => {
    most[kind] = Math.max(most[kind], ++running[kind]);
    await turnOfTheLoop();
    running[kind]--;
    return work();
  };
  let failures = 0;
  let dispatcher: Dispatcher | null = null;
  const commands = commandsOf({
    store,
    clock: systemClock,
    defaultVersion: null,
    overridesAnyState: false,
    wake: (id) => dispatcher?.wake(id),
    hazard: () => {},
  });
  dispatcher = startDispatcher({
    store,
    clock: systemClock,
    settings: () => settings,
    versionMatch: 'None',
    maxOrchestrators: 3,
    maxActivities: 4,
    isAppReady: () => true,
    callOrchestrator: (name, payload) =>
      busy('turns', () => {
        if (name === 'poison') throw new Error('cannot be run at all');
        return fan(payload);
      }),
    callActivity: (_name, input) =>
      busy('activities', () => ({ ok: true, returnValue: { string: `did ${input}` }, outputs: [] })),
    warn: () => {},
    hazard: () => {},
    onError: () => failures++,
  });
  await Promise.all(
    ['poison', 'fan', 'fan', 'fan', 'fan', 'fan'].map((name, at) =>
      commands.start({ name, instanceId: `${name}-${at}`, input: null, version: null }),
    ),
  );
  for (let at = 1; at < 6; at++)
    await eventually('it has ended', () => store.instance(`fan-${at}`)?.status === 'Completed');
  dispatcher.stop();
  expect(most).toEqual({ turns: 3, activities: 4 });
  expect(store.instance('fan-5')?.output).toBe('12');
  expect(store.instance('poison-0')?.status).toBe('Pending');
  expect(failures).toBeGreaterThan(0);
});
