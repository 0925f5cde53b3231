import { expect } from 'vitest';
import { type Body, ENDED } from './driver.ts';
import { eventually, type HostProcess, startHostProcess, temporaryFolder } from './host-process.ts';
import { comparable } from './normalise.ts';
import { readRecordings } from './recording.ts';
import { copyOfSampleApp } from './sample-app.ts';

const WORK = ['sequence', 'fanOut', 'subFanOut', 'rounds', 'timer', 'anyTimerCancelled', 'stable'];

/**
 * Starts work all the time, and kills host or app again and again at moments that the seed gives. In the end every
 * accepted start must have come to the recorded end, with every activity's result in its history once.
 */
export async function surviveKills(kills: number, seed: number): Promise<{ instances: number }> {
  const app = copyOfSampleApp();
  const data = temporaryFolder();
  const random = generator(seed);
  let host: HostProcess = await startHostProcess({ app, data });
  const recordings = readRecordings();
  const accepted: { id: string; fn: string }[] = [];
  for (let kill = 0; kill < kills; kill++) {
    for (const fn of WORK) {
      const id = `${fn}-${kill}`;
      const answer = await fetch(`${host.rpc}/orchestrators/${fn}/${id}`, { method: 'POST', body: '' }).catch(
        () => null,
      );
      if (answer?.status === 202) accepted.push({ id, fn });
    }
    await new Promise((resolve) => setTimeout(resolve, random() * 120));
    if (random() < 0.5) {
      await host.kill();
      host = await startHostProcess({ app, data });
    } else {
      const before = host.appPid();
      process.kill(before, 'SIGKILL');
      await eventually('the app is there again', () => host.appPid() !== before);
    }
  }
  for (const { id, fn } of accepted) {
    const body = await eventually(
      `${id} has ended`,
      async () => {
        const answer: Body = JSON.parse(await (await fetch(`${host.rpc}/instances/${id}?showHistory=true`)).text());
        return ENDED.includes(answer.runtimeStatus) && answer;
      },
      60,
    );
    const recorded = `${fn}-r1`;
    expect([id, endOf(body, id)]).toEqual([id, endOf(recordings.get(fn)?.final[recorded]?.body, recorded)]);
  }
  await host.stop();
  return { instances: accepted.length };
}

/** How it ended, and how many events of which kind are in its history: open ones, or results that are there twice, are seen. */
function endOf(body: unknown, id: string) {
  const { runtimeStatus, output, historyEvents = [] } = body as Body;
  // How early the timer fires is chance.
  const shown = comparable(output)
    .replaceAll(id, '‹id›')
    .replace(/"waited":(?:true|false)/, '"waited":‹chance›');
  return { runtimeStatus, output: shown, events: historyEvents.map((event) => event.EventType).sort() };
}

/** Numbers from 0 to 1, the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
