import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, ENDED } from './support/driver.ts';
import { cleanUp, eventually, type HostProcess, startHostProcess, temporaryFolder } from './support/host-process.ts';
import { comparable } from './support/normalise.ts';
import { readRecordings } from './support/recording.ts';
import { copyOfSampleApp } from './support/sample-app.ts';

// The host or the app is killed with SIGKILL while work is in flight, as in the recordings. What was in flight is
// repeated at once here, after five minutes in the real engine; all else must be the same.

const recordings = readRecordings();
const data = temporaryFolder();
// The slow activities take less time than in the recordings.
const quicker = (text: string) => text.replaceAll('6000', '2500');
const app = copyOfSampleApp(quicker);
let host: HostProcess;
let appKilled: Promise<Body>;

const post = ({ rpc }: HostProcess, path: string, body = '') =>
  fetch(`${rpc}/${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
const status = async ({ rpc }: HostProcess, id: string): Promise<Body> => {
  const answer = await fetch(`${rpc}/instances/${id}?showHistory=true&showHistoryOutput=true`);
  return JSON.parse(await answer.text());
};
const lines = (id: string): string[] => {
  const file = join(app, `${id}.runs`);
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
};
const ended = (on: HostProcess, id: string) =>
  eventually(`${id} has ended`, async () => {
    const body = await status(on, id);
    return ENDED.includes(body.runtimeStatus) && body;
  });

const ALL: Record<string, [id: string, scenario: string]> = {
  slowThenHello: ['hostKilled-r1', 'hostKilled'],
  countedFanOut: ['hostKilledMore-r1-fan', 'hostKilledMore'],
  timer: ['hostStopped-r1', 'hostStopped'],
  event: ['hostStopped-r1-event', 'hostStopped'],
  slowTurn: ['hostKilledMore-r1-turn', 'hostKilledMore'],
};

/** Work of every kind is begun, the host is killed, another one takes its place. */
async function killHost(): Promise<HostProcess> {
  const first = await startHostProcess({ app, data });
  for (const [fn, [id]] of Object.entries(ALL)) {
    if (fn !== 'slowTurn') await post(first, `orchestrators/${fn}/${id}`);
  }
  await eventually('two of four activities are done, two in flight', async () => {
    const { historyEvents = [] } = await status(first, 'hostKilledMore-r1-fan');
    return (
      historyEvents.filter(({ EventType }) => EventType === 'TaskCompleted').length === 2 &&
      lines('hostKilled-r1').length === 1
    );
  });
  await post(first, 'orchestrators/slowTurn/hostKilledMore-r1-turn');
  await eventually('a turn is in flight', () => lines('hostKilledMore-r1-turn').length === 1);
  await first.kill();
  const second = await startHostProcess({ app, data });
  await post(second, 'instances/hostStopped-r1-event/raiseEvent/go', '"after the restart"');
  return second;
}

/** An activity is in flight when the app is killed. */
async function killApp(): Promise<Body> {
  const own = await startHostProcess({ app });
  await post(own, 'orchestrators/slowThenHello/appKilled');
  await eventually('it is in flight', () => lines('appKilled').length === 1);
  const before = own.appPid();
  process.kill(before, 'SIGKILL');
  await eventually('another app is there', () => own.appPid() !== before);
  const body = await ended(own, 'appKilled');
  await own.stop();
  return body;
}

beforeAll(async () => {
  appKilled = killApp();
  appKilled.catch(() => {});
  host = await killHost();
});
afterAll(cleanUp);

describe('a host that is killed', () => {
  it.each(Object.entries(ALL))('goes on with %s, and comes to the recorded end', async (_fn, [id, scenario]) => {
    const view = (body: unknown) => {
      const { historyEvents = [], ...rest } = body as Body;
      // The order in which parallel work ends is chance, and so is how early a timer fires.
      const text = (value: unknown) => quicker(comparable(value)).replace(/"waited":(true|false)/, '"waited":‹chance›');
      return { rest: text(rest), historyEvents: historyEvents.map(text).sort() };
    };
    expect(view(await ended(host, id))).toEqual(view(recordings.get(scenario)?.final[id]?.body));
  });
  it('repeats the activities that were in flight from their start, and no others', async () => {
    await ended(host, 'hostKilled-r1');
    await ended(host, 'hostKilledMore-r1-fan');
    const repeated = ['begin 2500', 'begin 2500', 'end 2500'];
    expect(lines('hostKilled-r1')).toEqual([...repeated, 'begin 0', 'end 0']);
    const fan = [0, 1, 2, 3].map((n) => lines(`hostKilledMore-r1-fan-${n}`));
    expect(fan).toEqual([['begin 0', 'end 0'], ['begin 0', 'end 0'], repeated, repeated]);
  });
  it('leaves no app behind', async () => {
    expect(await host.stop()).toBe(0);
    expect(() => process.kill(host.appPid(), 0)).toThrow(/ESRCH/);
  });
});

describe('an app that is killed', () => {
  it('is there again, and what it was doing is repeated', async () => {
    const { runtimeStatus, output } = await appKilled;
    expect([runtimeStatus, JSON.stringify(output)]).toEqual([
      'Completed',
      expect.stringContaining('"begin 2500","begin 2500","end 2500"'),
    ]);
  });
});
