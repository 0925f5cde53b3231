import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { InvocationResult } from '../../infra/local/host/app/protocol.ts';
import { commandsOf } from '../../infra/local/host/durable/commands.ts';
import { openDatabase } from '../../infra/local/host/durable/database.ts';
import { startDispatcher } from '../../infra/local/host/durable/dispatcher.ts';
import { openStore, type Store } from '../../infra/local/host/durable/store.ts';
import { EventType, type HistoryEvent } from '../../infra/local/host/engine/history.ts';
import { cleanUp, temporaryFolder } from './support/host-process.ts';
import { Crash, crashingStore } from './support/store-crash.ts';
import { type VirtualClock, virtualClock } from './support/virtual-clock.ts';

// The host dies at each change of its state in turn, just before it and just after; what is left on disk is taken up by
// a new one. Time is virtual: a timer is over as soon as nothing else is left to do.

const settings = {
  orchestrators: new Set(['parent', 'child']),
  activities: new Set(['work']),
  entities: new Set<string>(),
  defaultVersion: null,
};

const call = (input: string) => ({ actionType: 0, functionName: 'work', input });
const PARENT = [
  { actionType: 12, compoundActions: [call('a'), call('b')] },
  { actionType: 5, fireAt: '2030-01-01T00:00:00Z', isCanceled: false },
  { actionType: 2, functionName: 'child', input: 'for the child' },
  { actionType: 6, externalEventName: 'go', reason: 'ExternalEvent' },
  call('c'),
];
const CHILD = [call('d')];

/** An orchestrator function: as many steps as the history allows, as the SDK answers it. */
function orchestrate(name: string, payload: string): InvocationResult {
  const { history }: { history: HistoryEvent[] } = JSON.parse(payload);
  const done = history.filter(({ EventType: kind }) => [5, 8, 11, 15].includes(kind)).length;
  const steps = name === 'parent' ? PARENT : CHILD;
  const needs = name === 'parent' ? [2, 3, 4, 5, 6] : [1];
  const over = needs.findIndex((need) => done < need);
  const actions = over < 0 ? steps : steps.slice(0, over + 1);
  return {
    ok: true,
    returnValue: { json: JSON.stringify({ isDone: over < 0, actions: [actions], output: name, schemaVersion: 3 }) },
    outputs: [],
  };
}

interface World {
  file: string;
  /** Milliseconds since 1970. */
  time: number;
  runs: string[];
}

/** One life of the host on the state of the world, until it crashes or nothing is left to do. */
async function live(
  world: World,
  at: { change: number; after: boolean },
): Promise<{ crashed: boolean; changes: number }> {
  const db = openDatabase(world.file);
  const clock = virtualClock(world.time);
  let crashed = false;
  let stop = () => {};
  const store = crashingStore(openStore(db), at, () => {
    crashed = true;
    stop();
  });
  const dispatcher = startDispatcher({
    store,
    clock,
    settings: () => settings,
    versionMatch: 'None',
    maxOrchestrators: 2,
    maxActivities: 2,
    isAppReady: () => !crashed,
    callOrchestrator: async (name, payload) => orchestrate(name, payload),
    callActivity: async (_name, input) => {
      world.runs.push(input ?? '');
      return { ok: true, returnValue: { string: `did ${input}` }, outputs: [] };
    },
    warn: () => {},
    hazard: () => {},
    onError: (_instance, error) => {
      if (!(error instanceof Crash)) throw error;
    },
  });
  stop = dispatcher.stop;
  dispatcher.resume();
  await act(store, clock, dispatcher.wake, () => crashed).catch((error) => {
    if (!(error instanceof Crash)) throw error;
  });
  dispatcher.stop();
  db.close();
  world.time = clock.now();
  return { crashed, changes: store.changes() };
}

/** The client: starts what is not there yet, raises the event that is not there yet, waits for the end. */
async function act(
  store: Store,
  clock: VirtualClock,
  wake: (id: string) => void,
  isDead: () => boolean,
): Promise<void> {
  const commands = commandsOf({ store, clock, defaultVersion: null, overridesAnyState: false, wake, hazard: () => {} });
  if (!store.instance('one')) {
    const starting = commands.start({ name: 'parent', instanceId: 'one', input: null, version: null });
    clock.jump();
    await starting;
  }
  if (!raised(store)) commands.raiseEvent('one', 'go', '1');
  for (let idle = 0; idle < 20 && !isDead() && store.instance('one')?.status !== 'Completed'; ) {
    await new Promise((resolve) => setImmediate(resolve));
    idle = clock.jump() ? 0 : idle + 1;
  }
}

function raised(store: Store): boolean {
  const kept = [...store.history('one'), ...store.inbox('one', Number.MAX_SAFE_INTEGER).map(({ event }) => event)];
  return kept.some(({ EventType: kind }) => kind === EventType.EventRaised);
}

function outcome({ file }: World) {
  const db = openDatabase(file);
  const store = openStore(db);
  const history = store.history('one');
  const of = (kind: number) => history.filter((event) => event.EventType === kind);
  const result = {
    status: store.instance('one')?.status,
    output: store.instance('one')?.output,
    scheduled: of(EventType.TaskScheduled).map(({ EventId }) => EventId),
    completed: of(EventType.TaskCompleted)
      .map((event) => ('Result' in event ? event.Result : null))
      .sort(),
    children: of(EventType.SubOrchestrationInstanceCompleted).length,
    fired: of(EventType.TimerFired).length,
    raised: of(EventType.EventRaised).length,
    ends: of(EventType.ExecutionCompleted).length,
    left: store.activities().length + store.due(Number.MAX_SAFE_INTEGER).instanceIds.length,
  };
  db.close();
  return result;
}

const newWorld = (): World => ({
  file: join(temporaryFolder(), 'host.sqlite'),
  time: Date.parse('2029-12-31T23:59:00Z'),
  runs: [],
});
const NEVER = { change: Number.POSITIVE_INFINITY, after: false };

describe('a host that dies at any change of its state', () => {
  afterAll(cleanUp);
  it('loses nothing: every effect is in the history exactly once, every activity has run at least once', async () => {
    const undisturbed = newWorld();
    const { changes } = await live(undisturbed, NEVER);
    const expected = outcome(undisturbed);
    expect(expected).toEqual({
      status: 'Completed',
      output: '"parent"',
      scheduled: [0, 1, 4],
      completed: ['"did a"', '"did b"', '"did c"'],
      children: 1,
      fired: 1,
      raised: 1,
      ends: 1,
      left: 0,
    });
    expect(changes).toBeGreaterThan(10);

    let repeated = 0;
    for (let change = 1; change <= changes; change++) {
      for (const after of [false, true]) {
        const world = newWorld();
        expect((await live(world, { change, after })).crashed).toBe(true);
        await live(world, NEVER);
        expect({ change, after, ...outcome(world) }).toEqual({ change, after, ...expected });
        expect([...new Set(world.runs)].sort()).toEqual(['a', 'b', 'c', 'd']);
        repeated += world.runs.length - 4;
      }
    }
    expect(repeated).toBeGreaterThan(0);
  });
});
