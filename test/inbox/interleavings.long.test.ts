import { describe, expect, test } from 'vitest';
import { explore, type Scenario } from './support/explorer.ts';
import {
  closeReadsItemsFirst,
  enqueueDoesNotTouch,
  enqueueReadsGenerationFirst,
  fenceIsOpen,
  runEndsAfterEmptyBatch,
  settleDoesNotLookAgain,
  wakingForgetsWaiters,
  watchdogForgetsWaiting,
} from './support/planted-bugs.ts';
import { Violation } from './support/promises.ts';
import {
  destinationProducer,
  now,
  overDestination,
  type Parts,
  parts,
  producer,
  run,
  watchdogProgram as watchdog,
} from './support/scenarios.ts';

const livingRuns = now.toISOString();
/** So old that the watchdog gives up on runs that are alive. */
const overdueRuns = new Date(now.getTime() - 24 * 3_600_000).toISOString();

const twoProducers = (using: Parts): Scenario => ({
  processes: { one: producer(['a', 'b'], using), two: producer(['a'], using) },
  run: (it) => run(it, using),
  createdAt: livingRuns,
});

const oneNetwork = (using: Parts, readyAt: number): Scenario => ({
  processes: { one: producer(['a'], using) },
  run: (it) => run(it, using, overDestination(readyAt)),
  createdAt: livingRuns,
});

const impatientWatchdog = (using: Parts): Scenario => ({
  processes: { one: producer(['a'], using), watchdog },
  run: (it) => run(it, using),
  createdAt: overdueRuns,
  minutes: 3,
  watchdog,
});

describe('no wake-up is lost, and only one run passes the fence, in every interleaving of', () => {
  const scenarios: Readonly<Record<string, Scenario>> = {
    'two producers and the runs they start, without a watchdog': twoProducers(parts),
    'two events of a network that has to settle, without a watchdog': {
      ...twoProducers(parts),
      processes: { one: producer(['a'], parts, 'event'), two: producer(['a'], parts, 'event') },
    },
    'an event and a request for the same network, without a watchdog': {
      ...twoProducers(parts),
      processes: { one: producer(['a'], parts, 'event'), two: producer(['a'], parts, 'manual') },
    },
    'two producers, with two deaths, repeats or terminations at any point, then the watchdog': {
      ...twoProducers(parts),
      processes: { one: producer(['a']), two: producer(['a']) },
      faults: 2,
      minutes: 4,
      watchdog,
    },
    'a producer and a watchdog that gives up on living runs, with two deaths, repeats or terminations': {
      ...impatientWatchdog(parts),
      faults: 2,
      minutes: 4,
    },
    'a producer, with two deaths or terminations, or activities that are repeated while they go on': {
      ...twoProducers(parts),
      processes: { one: producer(['a']) },
      ghosts: true,
      faults: 2,
      minutes: 4,
      watchdog,
    },
    'a watchdog that gives up on living runs, with one of the same': {
      ...impatientWatchdog(parts),
      ghosts: true,
      faults: 1,
    },
    'a network that waits for the second answer of its destination, without a watchdog': oneNetwork(parts, 2),
    'a network that waits for a destination that is just being checked, without a watchdog': {
      ...oneNetwork(parts, 1),
      before: destinationProducer(),
    },
    'a network that waits for its destination, with one death, repeat or termination, then the watchdog': {
      ...oneNetwork(parts, 1),
      faults: 1,
      minutes: 3,
      watchdog,
    },
  };

  test.each(Object.entries(scenarios))('%s', async (name, scenario) => {
    const { interleavings, states } = await explore(scenario);
    console.log(`${interleavings.toExponential(1)} interleavings in ${states} states: ${name}`);
    expect(states).toBeGreaterThan(500);
  });
});

describe('the exploration finds the planted bug', () => {
  const workLeft = 'Nothing moves any more';
  const bugs: Readonly<Record<string, { scenario: Scenario; violation: string }>> = {
    'close reads the items before the lane row': {
      scenario: twoProducers(closeReadsItemsFirst),
      violation: workLeft,
    },
    'an empty batch ends the run without a close': {
      scenario: { ...twoProducers(parts), run: runEndsAfterEmptyBatch },
      violation: workLeft,
    },
    'a producer does not touch the lane row': { scenario: twoProducers(enqueueDoesNotTouch), violation: workLeft },
    'a producer reads the generation before its commit': {
      scenario: twoProducers(enqueueReadsGenerationFirst),
      violation: workLeft,
    },
    'a run goes on whatever the fence says': {
      scenario: impatientWatchdog(fenceIsOpen),
      violation: 'passed the fence after',
    },
    'a network waits without looking at its destination again': {
      scenario: oneNetwork(settleDoesNotLookAgain, 1),
      violation: workLeft,
    },
    'a waking strikes out waiters who want the next answer': {
      scenario: { ...oneNetwork(wakingForgetsWaiters, 2), before: destinationProducer() },
      violation: workLeft,
    },
    'a watchdog does not look at rows that wait': {
      scenario: { ...oneNetwork(parts, 1), faults: 1, minutes: 3, watchdog: watchdogForgetsWaiting },
      violation: workLeft,
    },
  };

  test.each(Object.entries(bugs))('%s', async (_, { scenario, violation }) => {
    const found: unknown = await explore(scenario).catch((error) => error);
    expect(found).toBeInstanceOf(Violation);
    expect(String(found)).toContain(violation);
  });
});
