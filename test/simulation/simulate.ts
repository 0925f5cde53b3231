import { watchEveryStep } from './promises/at-every-step.ts';
import { differences } from './promises/at-rest.ts';
import { watchHistory } from './promises/in-the-history.ts';
import { watchInbox } from './promises/in-the-inbox.ts';
import { watchLimits } from './promises/within-limits.ts';
import type { Plant } from './world/loaded-app.ts';
import { busySeconds, planActs } from './world/people.ts';
import { openWorld } from './world/world.ts';

export type Outcome = {
  readonly seed: number;
  /** What was promised and did not hold; null where all did. */
  readonly violation: string | null;
  /** What went wrong on the way, in order. */
  readonly faults: readonly string[];
  readonly trace: readonly string[];
  readonly gates: number;
  readonly virtualSeconds: number;
  readonly hash: string;
};

export type Options = {
  /** Leaves faults and acts out. */
  readonly allows?: (fault: string) => boolean;
  /** A bug to be found. */
  readonly plant?: Plant;
};

const minuteMs = 60_000;
/** An hourly check of destinations, a sweep and what is parked for half an hour have to come by. */
const mostRestMinutes = 100;

/**
 * Lives through one world: people and accidents for some minutes, then calm until it is at rest. Checks what is promised at every
 * step, and at rest.
 */
export async function simulate(seed: number, { allows = () => true, plant = {} }: Options = {}): Promise<Outcome> {
  let violation: string | null = null;
  const violated = (what: string) => {
    violation ??= what;
  };
  const history = watchHistory();
  const world = await openWorld({
    seed,
    allows,
    plant,
    watch: (parts) => {
      const step = watchEveryStep({ ...parts, violated });
      const limits = watchLimits({ ...parts, violated });
      return {
        ...step,
        onServed: (served) => {
          step.onServed(served);
          limits.onServed(served);
          history.onServed(served);
        },
        onInvoked: (invocation, result) => {
          step.onInvoked(invocation, result);
          limits.onInvoked(invocation, result);
          history.onInvoked(invocation, result);
        },
        onCommitted: watchInbox({ ...parts, violated }),
      };
    },
  });
  const { timeline } = world;
  planActs(world);

  const goOn = async (ms: number): Promise<void> => {
    const until = timeline.now() + ms;
    while (!violation && (await timeline.step(until)));
  };
  await goOn(busySeconds * 1000);
  world.calm();
  let left: readonly string[] = ['It was never looked at.'];
  let restful = 0;
  for (let minutes = 0; !violation && restful < 2 && minutes < mostRestMinutes; minutes++) {
    await goOn(minuteMs);
    left = [...(await differences(world)), ...(await history.differences(world))];
    restful = left.length === 0 ? restful + 1 : 0;
  }
  if (!violation && left.length > 0)
    violation = `At rest, this does not hold:\n${left.map((one) => `  - ${one}`).join('\n')}`;
  const outcome = {
    seed,
    violation,
    faults: world.gates.faults(),
    trace: world.trace,
    gates: world.gates.passed(),
    virtualSeconds: world.elapsedSeconds(),
    hash: world.hash(),
  };
  world.close();
  return outcome;
}
