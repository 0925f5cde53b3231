import { AppGone } from './app/worker.ts';

const PATIENCE_MS = 30_000;

/** A switch that others wait for: settles at once when it is on, rejects with AppGone when that takes too long. */
export function readiness(): { set: (on: boolean) => void; wait: () => Promise<void> } {
  let on = false;
  const waiting = new Set<() => void>();
  return {
    set: (to) => {
      on = to;
      if (on) for (const go of waiting) go();
    },
    wait: () =>
      new Promise((resolve, reject) => {
        if (on) return resolve();
        const go = () => {
          clearTimeout(timer);
          waiting.delete(go);
          resolve();
        };
        const timer = setTimeout(() => {
          waiting.delete(go);
          reject(new AppGone('The function app is not running: see the log for why it cannot be loaded.'));
        }, PATIENCE_MS);
        waiting.add(go);
      }),
  };
}
