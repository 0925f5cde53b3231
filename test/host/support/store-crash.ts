import type { Store } from '../../../infra/local/host/durable/store.ts';

/** The process dies here: nothing after it happens any more. */
export class Crash extends Error {}

/**
 * A store that lets the process die at its n-th change, just before it or just after. From then on it takes nothing;
 * `onCrash` is told once.
 */
export function crashingStore(
  store: Store,
  at: { change: number; after: boolean },
  onCrash: () => void,
): Store & { changes: () => number } {
  let count = 0;
  let dead = false;
  const guard =
    <A extends unknown[], R>(change: (...args: A) => R) =>
    (...args: A): R => {
      if (dead) throw new Crash();
      const here = ++count === at.change;
      if (!here) return change(...args);
      if (at.after) change(...args);
      dead = true;
      onCrash();
      throw new Crash();
    };
  const guarded: Store = {
    ...store,
    start: guard(store.start),
    send: guard(store.send),
    commitTurn: guard(store.commitTurn),
    drop: guard(store.drop),
    finishActivity: guard(store.finishActivity),
  };
  return { ...guarded, changes: () => count };
}
