import type { LanePort } from '../../../shared/inbox/lane-port.ts';

/** One call of a port, as data: what the explorer schedules. */
export type Call = {
  readonly [Name in keyof LanePort]: { readonly name: Name; readonly args: Parameters<LanePort[Name]> };
}[keyof LanePort];

/** A run of several activities, or just one. An activity's result outlives it; what it has read does not. */
export type Program = (activity: Activity) => Promise<void>;
export type Activity = <T>(name: string, work: (port: LanePort) => Promise<T>) => Promise<T>;

export type Next =
  | { readonly kind: 'call'; readonly activity: string; readonly call: Call }
  | { readonly kind: 'result'; readonly activity: string; readonly value: unknown }
  | { readonly kind: 'end' };

/**
 * Runs the program over recorded results and answers, as a durable orchestration is replayed, until it does something
 * that is not recorded yet; says what that is, and leaves it hanging there. So a process is a value (its record), and
 * the code that runs is the real one.
 */
export function nextOf(program: Program, results: readonly unknown[], answers: readonly unknown[]): Promise<Next> {
  return new Promise((resolve, reject) => {
    let activities = 0;
    let calls = 0;
    const activity: Activity = async <T>(name: string, work: (port: LanePort) => Promise<T>) => {
      const position = activities++;
      if (position < results.length) return recorded<T>(results, position);
      const value = await work(portOf(name));
      resolve({ kind: 'result', activity: name, value });
      return await never<T>();
    };
    const portOf = (name: string): LanePort => {
      const through = <R>(call: Call): Promise<R> => {
        if (calls < answers.length) return Promise.resolve(recorded<R>(answers, calls++));
        resolve({ kind: 'call', activity: name, call });
        return never<R>();
      };
      return {
        readRow: (...args) => through({ name: 'readRow', args }),
        readRows: (...args) => through({ name: 'readRows', args }),
        commit: (...args) => through({ name: 'commit', args }),
        remove: (...args) => through({ name: 'remove', args }),
        listLanes: (...args) => through({ name: 'listLanes', args }),
        startRun: (...args) => through({ name: 'startRun', args }),
        runStatus: (...args) => through({ name: 'runStatus', args }),
        terminateRun: (...args) => through({ name: 'terminateRun', args }),
      };
    };
    program(activity).then(() => resolve({ kind: 'end' }), reject);
  });
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

/** The record was made by the same program, so what stands at this place has the type that the program expects. */
function recorded<T>(record: readonly unknown[], position: number): T {
  return record[position] as T;
}
