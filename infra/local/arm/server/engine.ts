import { endDueOperations, nextDueAt } from '../core/operations.ts';
import type { World } from '../core/world.ts';

const longestWaitMilliseconds = 60_000;

/** Does what is due, and says when it is to be called again; `null` = when something has changed. */
export type Pump = () => number | null;

/** Moves the world on by itself: operations end, events go out and flow logs write when it is time, whether or not anyone asks. */
export function createEngine(world: World, pumps: readonly Pump[]) {
  let timer: NodeJS.Timeout | undefined;

  function wake(): void {
    clearTimeout(timer);
    endDueOperations(world);
    world.store.commit();
    const times = [nextDueAt(world), ...pumps.map((pump) => pump())].flatMap((at) => (at === null ? [] : [at]));
    const wait = Math.min(longestWaitMilliseconds, ...times.map((at) => Math.max(0, at - world.clock.now())));
    timer = setTimeout(wake, wait);
  }

  return { wake, stop: () => clearTimeout(timer) };
}
