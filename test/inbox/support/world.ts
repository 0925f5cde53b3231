import { instanceId, type LaneKey, type Run } from '../../../shared/inbox/work-item.ts';
import { afterCommit, afterRemove, lanesOf, rowOf, rowsOf, type Store } from './memory-store.ts';
import type { Moment } from './records.ts';
import type { Call } from './scripted.ts';

/** `orphaned`: its instance has ended under it; what it is at is still finished, but nothing follows. */
export type Process = { readonly moment: Moment; readonly instance: string | null; readonly orphaned: boolean };
export type Instance = {
  readonly state: 'Running' | 'Completed' | 'Failed' | 'Terminated';
  readonly execution: number;
};

/** Everything that decides what can happen from here on. A value: each step makes a new one. */
export type World = {
  readonly store: Store;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly processes: readonly Process[];
  /** Rows asked for and not yet worked on: `asked`, or the runId of the run that has taken the row since. */
  readonly open: ReadonlyMap<string, string>;
  /** For each lane, who was let through the fence last. */
  readonly passed: ReadonlyMap<string, { readonly generation: number; readonly runId: string }>;
  readonly faults: number;
  readonly minutes: number;
};

export const emptyWorld: World = {
  store: new Map(),
  instances: new Map(),
  processes: [],
  open: new Map(),
  passed: new Map(),
  faults: 0,
  minutes: 0,
};

/** The program of one execution of an instance. Its own name is the runId: no two executions share it. */
export function runName(lane: LaneKey, generation: number, execution: number): string {
  return `run ${instanceId(lane, generation)} #${execution} of ${JSON.stringify({ lane, generation })}`;
}

export function runOf(name: string): Omit<Run, 'runId'> {
  return JSON.parse(name.slice(name.indexOf('{')));
}

/** What a call does to the world, what it answers, and the run that it brings to life. */
export type Effect = {
  readonly world: World;
  readonly answer: unknown;
  readonly started?: { name: string; instance: string };
};

/**
 * The store and the durable engine. A start is refused while the instance runs, and takes over one that has ended. Of
 * two starts at the same moment one brings a run to life, which is what refusing the second comes to: nobody looks at
 * the answer. `createdAt` is what the engine says of each run, so that a watchdog can be made impatient.
 */
export function effectOf(world: World, call: Call, createdAt: string): Effect {
  switch (call.name) {
    case 'readRow':
      return { world, answer: rowOf(world.store, ...call.args) };
    case 'readRows':
      return { world, answer: rowsOf(world.store, ...call.args) };
    case 'commit':
      return changed(world, afterCommit(world.store, ...call.args));
    case 'remove':
      return changed(world, afterRemove(world.store, ...call.args));
    case 'listLanes':
      return { world, answer: lanesOf(world.store) };
    case 'startRun':
      return startRun(world, ...call.args);
    case 'runStatus': {
      const instance = world.instances.get(call.args[0]);
      return { world, answer: instance ? { state: instance.state, createdAt } : null };
    }
    case 'terminateRun':
      return { world: endInstance(world, call.args[0], 'Terminated'), answer: undefined };
  }
}

/** Ends a running instance from outside: the activity that it is at goes on without it. */
export function endInstance(world: World, id: string, state: 'Failed' | 'Terminated'): World {
  const instance = world.instances.get(id);
  if (instance?.state !== 'Running') return world;
  return {
    ...world,
    instances: new Map(world.instances).set(id, { ...instance, state }),
    processes: world.processes.map((process) => (process.instance === id ? { ...process, orphaned: true } : process)),
  };
}

function changed(world: World, { store, answer }: { store: Store; answer: unknown }): Effect {
  return { world: { ...world, store }, answer };
}

function startRun(world: World, instance: string, lane: LaneKey, generation: number): Effect {
  const before = world.instances.get(instance);
  if (before?.state === 'Running') return { world, answer: 'refused' };
  const execution = (before?.execution ?? 0) + 1;
  const instances = new Map(world.instances).set(instance, { state: 'Running', execution } as const);
  return {
    world: { ...world, instances },
    answer: 'started',
    started: { name: runName(lane, generation, execution), instance },
  };
}

/** Equal for worlds in which the same can happen. */
export function keyOf(world: World): string {
  const processes = world.processes.map(({ moment, orphaned }) => moment.id * 2 + Number(orphaned)).sort();
  const maps = [world.store, world.instances, world.open, world.passed].map(idOf);
  return [...maps, world.faults, world.minutes, ...processes].join();
}

const ids = new WeakMap<ReadonlyMap<string, unknown>, number>();
const idsByContent = new Map<string, number>();

/** The same number for maps of the same content, maps within maps included. */
function idOf(map: ReadonlyMap<string, unknown>): number {
  const known = ids.get(map);
  if (known !== undefined) return known;
  const entries = [...map].map(([key, value]) => JSON.stringify([key, value instanceof Map ? idOf(value) : value]));
  const content = entries.sort().join();
  const id = idsByContent.get(content) ?? idsByContent.size;
  idsByContent.set(content, id);
  ids.set(map, id);
  return id;
}

/** The items that are still in the inbox, in whatever state. */
export function itemsLeft(world: World): readonly string[] {
  return [...world.store.keys()].flatMap((id) => rowsOf(world.store, id, 'item').map((row) => openKey(id, row.rowKey)));
}

export function openKey(lane: string, rowKey: string): string {
  return `${lane}/${rowKey}`;
}

export function isWorkLeft(world: World): boolean {
  return itemsLeft(world).length > 0 || world.open.size > 0;
}
