import { AsyncLocalStorage } from 'node:async_hooks';
import type { Random } from './random.ts';
import type { Timeline } from './timeline.ts';

/** A process of the product: what its code waits for is never answered once it is dead. */
export type Incarnation = { alive: boolean };

/** What goes wrong at a gate, by name; the rest of them open as they should. */
export type Fault = string;

/** Every call over a border is a gate: it opens some time after it was reached, and the seed says when, and what goes wrong. */
export type Gates = ReturnType<typeof createGates>;

type Gate<Result> = {
  /** What is asked, the same whenever the same is asked: `arm PUT /subscriptions/…`. */
  readonly name: string;
  readonly by: Incarnation;
  /** What may go wrong here. */
  readonly faults: Readonly<Record<Fault, () => Promise<Result> | Result>>;
  readonly open: () => Promise<Result> | Result;
};

export type GateOptions = {
  readonly random: Random;
  readonly timeline: Timeline;
  /** How likely something goes wrong at a gate, from 0 to 1. */
  readonly faultiness: () => number;
  /** Whether this fault may happen: a failure is made smaller by leaving faults out. */
  readonly allows: (fault: string) => boolean;
  readonly note: (line: string) => void;
  /** How long a call may take: some milliseconds, at most five seconds, or minutes. */
  readonly slowest: keyof typeof slowest;
};

/** `passed` counts the gates, `faults` names what went wrong, in order. */
export function createGates({ random, timeline, faultiness, allows, note, slowest: limit }: GateOptions) {
  const reached = new Map<string, number>();
  const faults: string[] = [];
  const lurking = new Set<{ readonly kind: string; readonly strike: () => void }>();
  let passed = 0;

  /** The fault of this gate: the same for the same gate, whatever else goes wrong. */
  function faultAt(name: string, possible: readonly Fault[]): Fault | null {
    if (possible.length === 0 || random(`fault ${name}`) >= faultiness()) return null;
    const fault = possible[Math.floor(random(`kind ${name}`) * possible.length)] ?? null;
    return fault && allows(`${fault} at ${name}`) ? fault : null;
  }

  return {
    passed: () => passed,
    faults: (): readonly string[] => faults,

    /** Something goes wrong that is no gate's: a crash, a person. False where it is left out. */
    happens(fault: string): boolean {
      if (!allows(fault)) return false;
      faults.push(fault);
      note(`!! ${fault}`);
      return true;
    },

    /** Calls back when the next gate of this kind opens (the beginning of its name). */
    whenNext(kind: string, strike: () => void): void {
      lurking.add({ kind, strike });
    },

    /** Waits at a gate. A dead process's request still arrives, but the answer reaches nobody. */
    pass<Result>({ name, by, faults: possible, open }: Gate<Result>): Promise<Result> {
      const occurrence = (reached.get(name) ?? 0) + 1;
      reached.set(name, occurrence);
      const gate = `${name} #${occurrence}`;
      const asCaller = AsyncLocalStorage.snapshot();
      return new Promise((resolve, reject) => {
        const latency = latencyMs(random(`latency ${gate}`) * slowest[limit]);
        timeline.at(timeline.now() + latency, () => {
          passed += 1;
          const fault = faultAt(gate, Object.keys(possible));
          if (fault) faults.push(`${fault} at ${gate}`);
          note(`${gate}${fault ? ` !! ${fault}` : ''}`);
          for (const one of lurking) {
            if (!name.startsWith(one.kind)) continue;
            lurking.delete(one);
            one.strike();
          }
          const act = (fault && possible[fault]) || open;
          asCaller(answered<Result>, act).then(
            (result) => by.alive && resolve(result),
            (error) => by.alive && reject(error),
          );
        });
      });
    },
  };
}

async function answered<Result>(act: () => Promise<Result> | Result): Promise<Result> {
  return act();
}

const steadily = 0.948;
const promptly = 0.998;
const slowest = { steady: steadily, prompt: promptly, any: 1 } as const;

/** Mostly some milliseconds; one in twenty takes seconds, one in five hundred half a minute or more. */
function latencyMs(random: number): number {
  if (random < steadily) return 2 + random * 60;
  if (random < promptly) return 500 + ((random - steadily) / 0.05) * 4_000;
  return 30_000 + ((random - promptly) / (1 - promptly)) * 60_000;
}
