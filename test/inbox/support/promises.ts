import { laneId, type WorkItem } from '../../../shared/inbox/work-item.ts';
import { rowOf } from './memory-store.ts';
import type { Call } from './scripted.ts';
import { itemsLeft, openKey, runOf, type World } from './world.ts';

// What has to hold in every interleaving:
// - whoever passes a lane's fence has the newest generation that has passed it, and each generation has one owner;
// - in the end no item is left, and each was handed out, and worked on behind the fence, after it was last asked for.

export class Violation extends Error {
  override name = 'Violation';
}

/** A producer's commit asks for the items in it. */
export function noteAsked(world: World, call: Call, answer: unknown): World {
  if (call.name !== 'commit' || JSON.stringify(answer) === '{"kind":"conflict"}') return world;
  const [lane, writes] = call.args;
  const open = new Map(world.open);
  for (const { rowKey } of writes) if (rowKey.startsWith('item~')) open.set(openKey(lane, rowKey), 'asked');
  return { ...world, open };
}

/** What an activity's result means for the promises: `take` hands items out, and `fence` lets a run through. */
export function noteResult(world: World, program: string, activity: string, value: unknown): World {
  if (activity === 'take') return noteTaken(world, program, value);
  if (activity === 'fence' && value === true) return notePassed(world, program);
  return world;
}

function noteTaken(world: World, program: string, value: unknown): World {
  const { lane } = runOf(program);
  const items = (value as { items?: readonly WorkItem[] }).items ?? [];
  const open = new Map(world.open);
  for (const { rowKey, etag } of items) {
    const key = openKey(laneId(lane), rowKey);
    if (open.has(key) && rowOf(world.store, laneId(lane), rowKey)?.etag === etag) open.set(key, program);
  }
  return { ...world, open };
}

function notePassed(world: World, program: string): World {
  const { lane, generation } = runOf(program);
  const last = world.passed.get(laneId(lane));
  if (last && (last.generation > generation || (last.generation === generation && last.runId !== program))) {
    throw new Violation(`${program} passed the fence after ${last.runId}`);
  }
  const open = new Map([...world.open].filter(([, by]) => by !== program));
  return { ...world, open, passed: new Map(world.passed).set(laneId(lane), { generation, runId: program }) };
}

/** The promise that is broken in a world in which nothing moves any more, or null. */
export function brokenAtEnd(world: World): Violation | null {
  const left = itemsLeft(world);
  if (left.length > 0) return new Violation(`Nothing moves any more, but the inbox holds ${left.join(', ')}`);
  const open = [...world.open.keys()];
  return open.length > 0 ? new Violation(`Never handed out again: ${open.join(', ')}`) : null;
}
