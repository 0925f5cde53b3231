import { type OpenTask, openTask, settled, type Task } from './task.ts';

export interface ExternalEvents {
  wait(name: string): Task;
  raise(name: string): void;
  /** Names of the events that came and that nobody has waited for yet, in lower case. */
  unclaimed(): string[];
}

/**
 * Waits for external events, by name in any case. The newest wait gets the first event; events that nobody waits for
 * are kept in order for later waits. (The SDK compares names exactly: an event in a wrong case is lost in between.)
 */
export function externalEvents(): ExternalEvents {
  const waits = new Map<string, OpenTask[]>();
  const early = new Map<string, number>();
  return {
    wait: (name) => {
      const key = name.toLowerCase();
      const kept = early.get(key) ?? 0;
      if (kept > 0) {
        early.set(key, kept - 1);
        return settled('done');
      }
      const task = openTask();
      waits.set(key, [...(waits.get(key) ?? []), task]);
      return task;
    },
    raise: (name) => {
      const key = name.toLowerCase();
      const newest = waits.get(key)?.pop();
      if (newest) newest.settle('done');
      else early.set(key, (early.get(key) ?? 0) + 1);
    },
    unclaimed: () => [...early].flatMap(([name, count]) => (count > 0 ? [name] : [])),
  };
}
