import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { startWorld } from '../../infra/local/world/world.ts';
import type { Figure, Part } from './figure.ts';
import { cpuSeconds, forgetPeakMemory, peakMemoryMb } from './process-stat.ts';

const example = join(import.meta.dirname, '../../infra/local/example');
const request = z.looseObject({
  seq: z.number(),
  path: z.string(),
  principalId: z.string().nullish(),
  service: z.string(),
});
const estate = z.looseObject({ principals: z.array(z.object({ name: z.string(), principalId: z.string() })) });
const promisedMb = 300;

type World = Awaited<ReturnType<typeof startWorld>>;

/**
 * Sweeps over a large estate in audit mode, all of it compliant but for the example's own networks: the first, which has all
 * networks to note, and the next, to which nothing is new. Then the report on it. The baseline is a program that reads each
 * network and its flow log.
 */
export const benchSweep: Part = async ({ quick, say }) => {
  const networks = quick ? 2000 : 100_000;
  say(`sweep of ${networks} networks`);
  const folder = mkdtempSync(join(tmpdir(), 'flowkeeper-sweep-'));
  const policyFile = join(folder, 'policy.json');
  const policy = z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(readFileSync(join(example, 'policy.json'), 'utf8')));
  writeFileSync(policyFile, JSON.stringify({ ...policy, mode: 'audit' }));
  const log: string[] = [];
  const world = await startWorld({
    dataDir: join(folder, 'data'),
    estateFile: join(example, 'estate.json'),
    policyFile,
    armArgs: ['--networks', String(networks), '--drifted', '0', '--seed', '7'],
    azuriteArgs: ['--save-ms', '60000'], // or it does little else than to write its 150 MB
    onLine: (_, line) => {
      if (line.includes('sweep finished')) log.push(line);
    },
  });
  const until = async (sweeps: number) => {
    while (log.length < sweeps) await delay(100);
  };
  try {
    const first = await measured(world, say, () => until(1));
    const next = await measured(world, say, async () => {
      await runSweep(world, folder);
      await until(2);
    });
    const report = await measured(world, say, () => read(world, '/api/report'));
    const csv = await measured(world, say, () => read(world, '/api/report?format=csv'));
    return [
      ...sweepFigures('first sweep', first, networks),
      ...sweepFigures('next sweep', next, networks),
      ...ownFigures('report', report),
      ...ownFigures('report as CSV', csv),
    ];
  } finally {
    await world.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

type Measured = {
  readonly seconds: number;
  readonly appSeconds: number;
  readonly standInSeconds: number;
  readonly requests: number;
  readonly perNetwork: number;
  readonly peakMb: number;
};

async function measured(world: World, say: (line: string) => void, work: () => Promise<void>): Promise<Measured> {
  const { app, arm, azurite } = world.environment().pids;
  const standIns = () => cpuSeconds(arm) + cpuSeconds(azurite);
  const since = (await requestsOfApp(world, 0)).at(-1)?.seq ?? 0;
  const before = { app: cpuSeconds(app), standIns: standIns(), at: performance.now() };
  forgetPeakMemory(app);
  const seconds = () => (performance.now() - before.at) / 1000;
  const progress = setInterval(async () => {
    const { length } = await requestsOfApp(world, since);
    say(`${seconds().toFixed(0)} s, ${length} requests, ${peakMemoryMb(app).toFixed(0)} MB`);
  }, 20_000);
  await work().finally(() => clearInterval(progress));
  const requests = await requestsOfApp(world, since);
  return {
    seconds: seconds(),
    appSeconds: cpuSeconds(app) - before.app,
    standInSeconds: standIns() - before.standIns,
    requests: requests.length,
    perNetwork: requests.filter(({ path }) => /\/(virtualNetworks|flowLogs)\/[^/]+$/i.test(path)).length,
    peakMb: peakMemoryMb(app),
  };
}

function sweepFigures(what: string, found: Measured, networks: number): Figure[] {
  const baseline = { name: 'two a network', value: 2 * networks };
  return [
    { what: `${what} of ${networks}`, unit: 'requests', value: found.requests, baseline },
    { what: `${what}, about one network`, unit: 'requests', value: found.perNetwork, baseline },
    { what, unit: 's', value: found.seconds, baseline: { name: 'the schedule', value: 15 * 60 } },
    ...ownFigures(what, found),
  ];
}

function ownFigures(what: string, { seconds, appSeconds, standInSeconds, peakMb }: Measured): Figure[] {
  const all = { name: 'all of its time', value: seconds };
  return [
    { what: `${what}, processor time of the app`, unit: 's', value: appSeconds, baseline: all },
    { what: `${what}, processor time of the stand-ins`, unit: 's', value: standInSeconds, baseline: all },
    {
      what: `${what}, peak memory of the app`,
      unit: 'MB',
      value: peakMb,
      baseline: { name: 'the promise', value: promisedMb },
    },
  ];
}

/** Of ARM and Resource Graph; blobs are listed beside, as proof of delivery. */
async function requestsOfApp(world: World, since: number) {
  const { controlUrl } = world.environment();
  const { principals } = estate.parse(JSON.parse(readFileSync(join(example, 'estate.json'), 'utf8')));
  const principalId = principals.find(({ name }) => name === 'flowkeeper')?.principalId;
  const text = await (await fetch(`${controlUrl}/journal?since=${since}`)).text();
  const all = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => request.parse(JSON.parse(line)));
  return all.filter((one) => one.principalId === principalId && one.service === 'arm');
}

async function read(world: World, path: string): Promise<void> {
  const answer = await fetch(`${world.environment().functionsUrl}${path}`);
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status}.`);
}

async function runSweep(world: World, folder: string): Promise<void> {
  const { master } = z
    .object({ master: z.string() })
    .parse(JSON.parse(readFileSync(join(folder, 'data/host-keys.json'), 'utf8')));
  const answer = await fetch(`${world.environment().functionsUrl}/admin/functions/sweep`, {
    method: 'POST',
    headers: { 'x-functions-key': master, 'content-type': 'application/json' },
    body: '{}',
  });
  if (answer.status !== 202) throw new Error(`The sweep was not run: ${answer.status}.`);
}
