import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Invocation } from '../../infra/local/host/app/calls.ts';
import { startHost } from '../../infra/local/host/host.ts';
import type { LogLine } from '../../infra/local/host/log.ts';
import { compareExchanges, compareFinals, compareInvocations, compareTurns } from './support/compare.ts';
import { CRASHES, REFUSED } from './support/deviations.ts';
import { Play, pause, type Target } from './support/driver.ts';
import { cleanUp, temporaryFolder } from './support/host-process.ts';
import { comparable } from './support/normalise.ts';
import { ownRecording } from './support/own-recording.ts';
import { endOf, type Recording, readRecordings } from './support/recording.ts';
import { copyOfSampleApp } from './support/sample-app.ts';
import { scenarios } from './support/scenarios.ts';
import './support/scenario-of-http.ts';
import './support/scenarios-of-clients.ts';
import './support/scenarios-of-stores.ts';

// Every recorded scenario, played again with this host, and everything compared that can be seen from outside.

const recordings = readRecordings();
const supported = [...recordings.values()].filter(({ scenario }) => !REFUSED[scenario] && !CRASHES.has(scenario));
const invocations: Invocation[] = [];
const log: LogLine[] = [];
const played = new Map<string, Promise<Recording>>();
const counts = new Map<string, number>();
let host: { stop: () => Promise<void> };
let target: Target;

async function play(name: string): Promise<Recording> {
  const script = scenarios.get(name);
  if (!script) throw new Error(`There is no script for the scenario ${name}.`);
  const run = new Play(name, target);
  const before = invocations.length;
  await script(run);
  return ownRecording(run, invocations.slice(before));
}

/** Plays a scenario once more, as if it had never been played. */
async function playAgain(name: string): Promise<Recording> {
  const run = new Play(name, target);
  const { body } = await run.call('GET', `/instances?instanceIdPrefix=${run.id()}`, { keep: false });
  for (const { instanceId } of body as { instanceId: string }[]) {
    await run.order(instanceId, 'terminate', { keep: false });
    await run.done(instanceId);
    await run.call('DELETE', `/instances/${instanceId}`, { keep: false });
  }
  return play(name);
}

/**
 * In these an order must come while an activity or timer is under way. They begin before the crowd of the others, and
 * where the machine was too busy for that all the same, they are played again.
 */
const HURRIED = new Set(
  `eventBeforeWait eventNumeric eventInTurn drainLoses drainSpaced suspendWork terminateInFlight terminateParent terminateChild startRace client restart`.split(
    ' ',
  ),
);
const HEAD_START_MS = 1500;
const ATTEMPTS = 3;

/** Plays all side by side, but `list` alone, since it purges what it finds, and one of `changed…` at a time: they change the app. */
function playAll(): void {
  const after = (before: Promise<unknown>, scenario: string) => {
    const run = before.then(() => play(scenario));
    played.set(scenario, run);
    return run.catch(() => {});
  };
  const listed = after(Promise.resolve(), 'list');
  const crowd = listed.then(() => pause(HEAD_START_MS));
  let changed: Promise<unknown> = crowd;
  for (const { scenario } of supported) {
    if (scenario.startsWith('changed')) changed = after(changed, scenario);
    else if (scenario !== 'list') after(HURRIED.has(scenario) ? listed : crowd, scenario);
  }
}

beforeAll(async () => {
  const app = copyOfSampleApp();
  const data = temporaryFolder();
  host = await new Promise((resolve, reject) => {
    const starting = startHost({
      appFolder: app,
      dataFolder: data,
      port: 0,
      asksForKeys: true,
      env: process.env,
      log: (line) => log.push(line),
      observe: (invocation) => invocations.push(invocation),
      onAppReady: ({ url, keys }) => {
        target = { url, key: keys.durabletask, app };
        starting.then(resolve, reject);
      },
    });
    starting.catch(reject);
  });
  playAll();
});
afterAll(async () => {
  await host.stop();
  await cleanUp();
});

describe('as recorded from the real durable engine', () => {
  for (const recorded of supported) {
    const { scenario } = recorded;
    it(scenario, async () => {
      for (let attempt = 1; ; attempt++) {
        const own = await (attempt === 1 ? played.get(scenario) : playAgain(scenario));
        if (!own) throw new Error('not played');
        try {
          const exchanges = compareExchanges(recorded, own);
          const finals = compareFinals(recorded, own);
          const calls = compareInvocations(recorded, own);
          const turns = compareTurns(recorded, own);
          if (recorded.requestsOfTheExtension)
            expect(own.requestsOfTheExtension).toEqual(recorded.requestsOfTheExtension);
          if (recorded.clientBindings) expect(comparable(own.clientBindings)).toBe(comparable(recorded.clientBindings));
          for (const [kind, count] of Object.entries({ scenarios: 1, turns, calls, exchanges, finals }))
            counts.set(kind, (counts.get(kind) ?? 0) + count);
          return;
        } catch (error) {
          if (!HURRIED.has(scenario) || attempt === ATTEMPTS) throw error;
        }
      }
    });
  }
  afterAll(() => {
    console.log(
      `compared with ${recordings.size} recordings: ${JSON.stringify(Object.fromEntries(counts))}; refused: ${Object.keys(REFUSED).join(', ')}; in the crash tests: ${[...CRASHES].join(', ')}`,
    );
    expect(counts.get('scenarios')).toBe(supported.length);
  });
});

describe('what hangs in the real engine', () => {
  it.each([
    'unknownActivity',
    'unknownSub',
    'subOwnId',
    'retryTimeout',
    'retryNonRetriable',
    'throwsString',
    'entityUnknown',
    'versionNewer',
  ])('%s: is told in one warning', async (scenario) => {
    await played.get(scenario);
    const warnings = log.filter(({ level, message }) => level === 'warn' && message.includes(`'${scenario}-r1'`));
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/can never go on by itself: .+Terminate it/),
    ]);
  });
});

describe('what works, but hardly as it was meant', () => {
  it.each([
    ['anyReused', /'anyReused' may .* to a second Task\.any or Task\.all/],
    ['large', /'large' may .*its output is larger than 64 KB/],
    ['subIdInUse', /'subGivenId' may .*the id 'subIdInUse-r1-busy' of an instance that was still running/],
    ['eventNumeric', /'eventNumeric' may .*the event '0' has a number for a name/],
  ])('%s: is told in one warning', async (scenario, expected) => {
    await played.get(scenario);
    const warnings = log.filter(({ level, message }) => level === 'warn' && expected.test(message));
    expect(warnings).toHaveLength(1);
  });
});

describe('what is not supported', () => {
  it.each(Object.entries(REFUSED).filter(([, { fn }]) => fn))(
    '%s: fails with the name of the feature',
    async (scenario, { fn = '', says }) => {
      const run = new Play(scenario, target);
      await run.whole(fn, 'http://127.0.0.1:9/');
      const { runtimeStatus, output } = endOf(run.final[run.id()]);
      expect([runtimeStatus, output]).toEqual(['Failed', expect.stringMatching(says)]);
    },
  );
  it('rewind of a failed instance, and the entities API, answer 501', async () => {
    const run = new Play('refused', target);
    await run.whole('throwsAtOnce');
    for (const answer of [
      await run.order(run.id(), 'rewind'),
      await run.call('GET', '/entities/counter/k'),
      await run.call('POST', '/entities/counter/k?op=add', { body: 1 }),
    ]) {
      expect([answer.status, JSON.stringify(answer.body)]).toEqual([
        501,
        expect.stringContaining('not supported by the embedded Functions host'),
      ]);
    }
    const unknown = await run.call('POST', '/entities/nobodyHome/k?op=x');
    expect([unknown.status, JSON.stringify(unknown.body)]).toEqual([
      400,
      expect.stringContaining("The function 'nobodyhome' doesn't exist"),
    ]);
  });
});
