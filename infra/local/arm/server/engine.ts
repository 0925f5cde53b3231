import { endDueOperations, nextDueAt } from '../core/operations.ts';
import type { World } from '../core/world.ts';

const longestWaitMilliseconds = 60_000;

/** Moves the world on by itself: operations end and events go out when they are due, whether or not anyone asks. */
export function createEngine(world: World, pumpEvents: () => number | null) {
  let timer: NodeJS.Timeout | undefined;

  function wake(): void {
    clearTimeout(timer);
    endDueOperations(world);
    world.store.commit();
    const times = [nextDueAt(world), pumpEvents()].flatMap((at) => (at === null ? [] : [at]));
    const wait = Math.min(longestWaitMilliseconds, ...times.map((at) => Math.max(0, at - world.clock.now())));
    timer = setTimeout(wake, wait);
  }

  return { wake, stop: () => clearTimeout(timer) };
}
