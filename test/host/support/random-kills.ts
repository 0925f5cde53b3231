import { expect } from 'vitest';
import { type Body, ENDED } from './driver.ts';
import { eventually, type HostProcess, startHostProcess, temporaryFolder } from './host-process.ts';
import { copyOfSampleApp } from './sample-app.ts';

const WORK = ['sequence', 'fanOut', 'subFanOut', 'rounds', 'timer', 'anyTimerCancelled', 'stable'];

/**
 * Starts work all the time, and kills host or app again and again at moments that the seed gives. In the end every
 * accepted start must have come to its end, with every activity's result in its history once.
 */
export async function surviveKills(kills: number, seed: number): Promise<{ instances: number }> {
  const app = copyOfSampleApp();
  const data = temporaryFolder();
  const random = generator(seed);
  let host: HostProcess = await startHostProcess({ app, data });
  const accepted: string[] = [];
  for (let kill = 0; kill < kills; kill++) {
    for (const fn of WORK) {
      const id = `${fn}-${kill}`;
      const answer = await fetch(`${host.rpc}/orchestrators/${fn}/${id}`, { method: 'POST', body: '' }).catch(
        () => null,
      );
      if (answer?.status === 202) accepted.push(id);
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
  for (const id of accepted) {
    const body = await eventually(
      `${id} has ended`,
      async () => {
        const answer: Body = JSON.parse(await (await fetch(`${host.rpc}/instances/${id}?showHistory=true`)).text());
        return ENDED.includes(answer.runtimeStatus) && answer;
      },
      60,
    );
    expect([id, body.runtimeStatus]).toEqual([id, 'Completed']);
    const open = body.historyEvents?.filter(
      ({ EventType }) => EventType === 'TaskScheduled' || EventType === 'SubOrchestrationInstanceCreated',
    );
    expect([id, open]).toEqual([id, []]);
  }
  await host.stop();
  return { instances: accepted.length };
}

/** Numbers from 0 to 1, the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
