import { beforeEach, describe, expect, test } from 'vitest';
import { closeRun } from '../../shared/inbox/close-run.ts';
import { readDestination, writeDestination } from '../../shared/inbox/destination-row.ts';
import { enqueue } from '../../shared/inbox/enqueue.ts';
import { readItems } from '../../shared/inbox/item-row.ts';
import type { LanePort, RunStatus } from '../../shared/inbox/lane-port.ts';
import { ownsLane } from '../../shared/inbox/owns-lane.ts';
import { settleItem } from '../../shared/inbox/settle-item.ts';
import { takeBatch } from '../../shared/inbox/take-batch.ts';
import { readWaiters } from '../../shared/inbox/waiter-row.ts';
import { wakeWaiters } from '../../shared/inbox/wake-waiters.ts';
import { watchdog } from '../../shared/inbox/watchdog.ts';
import { laneId, type Run, type WorkItem } from '../../shared/inbox/work-item.ts';
import { account, destination, request, subscription } from './support/scenarios.ts';
import { storesUnderTest, useAzurite } from './support/stores.ts';

const noon = Date.parse('2026-11-23T12:00:00.000Z');
const at = (seconds: number) => new Date(noon + seconds * 1000);
const limits = { lanesPerRegion: 2, attempts: 2, policyEtag: 'p1' };
const lane = laneId(subscription);

describe.each(storesUnderTest(useAzurite()))('a lane over $name', ({ create }) => {
  /** Instances that were started, and what the engine says of them. */
  let runs: Map<string, RunStatus>;
  let port: LanePort;
  beforeEach(async () => {
    runs = new Map();
    port = {
      ...(await create()),
      startRun: async (id) => {
        if (runs.get(id)?.state === 'Running') return 'refused';
        runs.set(id, { state: 'Running', createdAt: at(0).toISOString() });
        return 'started';
      },
      runStatus: async (id) => runs.get(id) ?? null,
      terminateRun: async (id) => {
        runs.set(id, { state: 'Terminated', createdAt: at(0).toISOString() });
      },
    };
  });

  const ask = (names: readonly string[], reason: WorkItem['reason'] = 'manual', seconds = 0) =>
    enqueue(
      port,
      subscription,
      names.map((name) => request(name, reason)),
      at(seconds),
      30,
    );
  const run = (generation: number, runId = `run-${generation}`): Run => ({ lane: subscription, generation, runId });
  const take = async (generation: number, seconds = 0): Promise<readonly WorkItem[]> => {
    const taken = await takeBatch(port, run(generation), at(seconds), limits);
    if (taken.kind !== 'batch') throw new Error(`There is no batch: ${taken.kind}`);
    return taken.items;
  };
  const onlyItem = async (): Promise<WorkItem> => {
    const [item, ...others] = await readItems(port, lane);
    if (!item || others.length > 0) throw new Error('There is not exactly one item.');
    return item;
  };

  test('takes an item from a request to its removal, one generation a run', async () => {
    await ask(['a']);
    expect([...runs.keys()]).toEqual([`${lane}-0`]);
    const [item] = await take(0);
    expect(item).toMatchObject({ target: request('a').target, reason: 'manual', attempts: 1, state: { kind: 'due' } });
    expect(item && (await settleItem(port, run(0), item, { kind: 'remove' }, at(1)))).toBe('settled');
    expect(await closeRun(port, run(0), at(2))).toEqual({ kind: 'closed', next: null });
    expect(await readItems(port, lane)).toEqual([]);
    await ask(['b']);
    expect([...runs.keys()]).toEqual([`${lane}-0`, `${lane}-1`]);
  });

  test('puts many requests into one row each, more than a transaction holds', async () => {
    const names = Array.from({ length: 250 }, (_, index) => `v${index}`);
    await ask([...names, ...names], 'sweep');
    expect(await readItems(port, lane)).toHaveLength(250);
    const batch = await take(0);
    expect(batch.length).toBeGreaterThan(40);
    expect((await readItems(port, lane)).filter(({ takenIn }) => takenIn === 0)).toEqual(
      expect.arrayContaining([...batch]),
    );
  });

  test('starts the next run for what it did not take, and for what was only touched', async () => {
    await ask(['a']);
    const [item] = await take(0);
    await ask(['a']);
    expect(item && (await settleItem(port, run(0), item, { kind: 'remove' }, at(1)))).toBe('touched');
    expect(await closeRun(port, run(0), at(2))).toEqual({ kind: 'closed', next: 1 });
    expect(runs.has(`${lane}-1`)).toBe(true);
    expect(await take(1)).toHaveLength(1);
  });

  test('tells a run until when rows are settling, and makes it the owner meanwhile', async () => {
    await ask(['a'], 'event', 0.5);
    expect(await takeBatch(port, run(0), at(1), limits)).toEqual({ kind: 'wait', until: at(32).toISOString() });
    expect(await ownsLane(port, run(0))).toBe(true);
    expect(await takeBatch(port, run(0, 'another'), at(1), limits)).toEqual({ kind: 'fenced' });
    expect(await take(0, 32)).toHaveLength(1);
  });

  test('hands out nothing for rows that are parked or waiting', async () => {
    await ask(['a', 'b']);
    const [a, b] = await take(0);
    const parked = { kind: 'parked', until: at(3600).toISOString(), problem, policyEtag: 'p1' } as const;
    if (a) await settleItem(port, run(0), a, parked, at(1));
    if (b) await settleItem(port, run(0), b, { kind: 'waiting', destination: account, answers: 0 }, at(1));
    expect(await closeRun(port, run(0), at(2))).toEqual({ kind: 'closed', next: null });
    expect(await take(1, 60)).toEqual([]);
    expect(await take(1, 3600)).toMatchObject([{ target: a?.target }]);
  });

  test('parks an item whose runs keep dying, and unparks it for a person', async () => {
    await ask(['a']);
    for (const generation of [0, 1]) {
      expect(await take(generation)).toMatchObject([{ attempts: generation + 1 }]);
      expect(await take(generation)).toMatchObject([{ attempts: generation + 1 }]); // the activity was repeated
      runs.set(`${lane}-${generation}`, { state: 'Failed', createdAt: at(0).toISOString() });
      await watchdog(port, at(60));
    }
    const third = await takeBatch(port, run(2), at(0), limits);
    expect(third).toMatchObject({ kind: 'batch', items: [], parked: [{ target: request('a').target }] });
    expect((await onlyItem()).state).toMatchObject({
      kind: 'parked',
      problem: { code: 'RunFailed', actor: 'developer' },
    });
    await ask(['a']);
    expect(await take(2)).toMatchObject([{ attempts: 1 }]);
  });

  test('does not count a run that closed against an item that it did not get to', async () => {
    await ask(['a']);
    for (const generation of [0, 1, 2, 3]) {
      expect(await take(generation)).toMatchObject([{ attempts: 1 }]);
      expect(await closeRun(port, run(generation), at(1))).toEqual({ kind: 'closed', next: generation + 1 });
    }
  });

  test('fences off a run whose generation is over', async () => {
    await ask(['a']);
    await take(0);
    await closeRun(port, run(0), at(1));
    expect(await ownsLane(port, run(0))).toBe(false);
    expect(await takeBatch(port, run(0), at(2), limits)).toEqual({ kind: 'fenced' });
    await take(1);
    await closeRun(port, run(1), at(3));
    expect(await closeRun(port, run(0), at(4))).toEqual({ kind: 'fenced' });
  });

  test('wakes all who wait for a destination, more than a transaction holds, and forgets the waiter', async () => {
    await ask(Array.from({ length: 120 }, (_, index) => `v${index}`));
    const settleAll = async (generation: number): Promise<void> => {
      for (const item of await take(generation)) {
        await settleItem(port, run(generation), item, { kind: 'waiting', destination: account, answers: 0 }, at(1));
      }
      const closed = await closeRun(port, run(generation), at(1));
      if (closed.kind === 'closed' && closed.next !== null) await settleAll(closed.next);
    };
    await settleAll(0);
    expect((await readItems(port, lane)).every(({ state }) => state.kind === 'waiting')).toBe(true);
    const asked = { target: { kind: 'destination', id: '/st' }, reason: 'event', correlationId: 'c' } as const;
    await enqueue(port, destination, [asked], at(2), 30, {
      subscriptionId: '00000000-0000-0000-0000-000000000001',
      answers: 0,
    });
    await wakeWaiters(port, account, at(3));
    expect((await readItems(port, lane)).every(({ state }) => state.kind === 'waiting')).toBe(true);
    expect(await writeDestination(port, account, null, { state: 'ready' }, 'published')).toBe('ok');
    await wakeWaiters(port, account, at(4));
    expect((await readItems(port, lane)).every(({ state }) => state.kind === 'due')).toBe(true);
    expect(await readWaiters(port, laneId(destination))).toEqual([]);
  });

  test('keeps a destination with its answers, and refuses to write over another version', async () => {
    expect(await readDestination(port, account)).toBeNull();
    expect(await writeDestination(port, account, null, { state: 'pending' }, 'noted')).toBe('ok');
    expect(await writeDestination(port, account, null, { state: 'pending' }, 'noted')).toBe('conflict');
    const seen = await readDestination(port, account);
    expect(seen).toMatchObject({ answers: 0, body: { state: 'pending' } });
    expect(await writeDestination(port, account, seen, { state: 'ready' }, 'published')).toBe('ok');
    expect(await writeDestination(port, account, seen, { state: 'blocked' }, 'published')).toBe('conflict');
    expect(await readDestination(port, account)).toMatchObject({ answers: 1, body: { state: 'ready' } });
  });

  test('the watchdog leaves a living run alone, and follows a dead one with the next generation', async () => {
    await ask(['a']);
    expect(await watchdog(port, at(60))).toEqual([]);
    runs.set(`${lane}-0`, { state: 'Failed', createdAt: at(0).toISOString() });
    expect(await watchdog(port, at(60))).toMatchObject([{ lane, did: 'superseded', generation: 1 }]);
    expect(runs.get(`${lane}-1`)?.state).toBe('Running');
    expect(await takeBatch(port, run(0), at(61), limits)).toEqual({ kind: 'fenced' });
  });

  test('the watchdog terminates a run that is older than twice its budget', async () => {
    await ask(['a']);
    await take(0);
    expect(await watchdog(port, at(30 * 60))).toEqual([]);
    expect(await watchdog(port, at(30 * 60 + 1))).toMatchObject([{ did: 'superseded', generation: 1 }]);
    expect(runs.get(`${lane}-0`)?.state).toBe('Terminated');
    expect(await ownsLane(port, run(0))).toBe(false);
  });

  test('the watchdog is patient with a run that is Pending, and more so each time', async () => {
    await ask(['a']);
    for (const [generation, minutes] of [5, 10, 20, 40, 60, 60].entries()) {
      runs.set(`${lane}-${generation}`, { state: 'Pending', createdAt: at(0).toISOString() });
      expect(await watchdog(port, at(minutes * 60))).toEqual([]);
      expect(await watchdog(port, at(minutes * 60 + 1))).toMatchObject([{ generation: generation + 1 }]);
    }
  });

  test('the watchdog looks after the other lanes when one of them fails', async () => {
    await ask(['a']);
    const other = { kind: 'subscription', subscriptionId: '00000000-0000-0000-0000-000000000002' } as const;
    await enqueue(port, other, [request('b')], at(0), 30);
    runs.clear();
    const failing: LanePort = {
      ...port,
      runStatus: async (id) => (id.startsWith(lane) ? Promise.reject(new Error('not now')) : port.runStatus(id)),
    };
    expect(await watchdog(failing, at(60))).toMatchObject([
      { lane, did: 'failed' },
      { lane: laneId(other), did: 'superseded' },
    ]);
  });
});

const problem = {
  code: 'ScopeLocked',
  message: 'm',
  resourceId: '/r',
  actor: 'owner',
  runbook: 'scope-locked',
} as const;
