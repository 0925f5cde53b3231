import { type OpenTask, openTask, settled, type Task } from './task.ts';

export interface ExternalEvents {
  wait(name: string): Task;
  raise(name: string): void;
  /** Names of the events that came and that nobody has waited for yet. */
  unclaimed(): string[];
}

/**
 * Waits for external events, by name in any case. The newest wait gets the first event; events that nobody waits for
 * are kept in order for later waits. The SDK compares names exactly, so an event in a wrong case is lost in between:
 * `misnamed` is told of it.
 */
export function externalEvents(misnamed: (waitedFor: string, came: string) => void): ExternalEvents {
  const waits = new Map<string, { name: string; task: OpenTask }[]>();
  const early = new Map<string, string[]>();
  const compare = (waitedFor: string, came: string) => {
    if (waitedFor !== came) misnamed(waitedFor, came);
  };
  return {
    wait: (name) => {
      const key = name.toLowerCase();
      const came = early.get(key)?.shift();
      if (came !== undefined) {
        compare(name, came);
        return settled('done');
      }
      const task = openTask();
      waits.set(key, [...(waits.get(key) ?? []), { name, task }]);
      return task;
    },
    raise: (name) => {
      const key = name.toLowerCase();
      const newest = waits.get(key)?.pop();
      if (!newest) {
        early.set(key, [...(early.get(key) ?? []), name]);
        return;
      }
      compare(newest.name, name);
      newest.task.settle('done');
    },
    unclaimed: () => [...new Set([...early.values()].flat())],
  };
}
