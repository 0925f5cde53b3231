import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { startWorld } from '../../infra/local/world/world.ts';
import type { Figure, Part } from './figure.ts';

const example = join(import.meta.dirname, '../../infra/local/example');
const request = z.looseObject({ path: z.string(), principalId: z.string().nullish(), service: z.string() });
const estate = z.looseObject({ principals: z.array(z.object({ name: z.string(), principalId: z.string() })) });

type World = Awaited<ReturnType<typeof startWorld>>;

/**
 * Sweeps over a large estate in audit mode: the first, which has all networks to note, and the next, to which nothing is new.
 * The baseline is a program that reads each network and its flow log.
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
    armArgs: ['--networks', String(networks), '--seed', '7'],
    onLine: (_, line) => {
      if (line.includes('sweep ')) log.push(line);
    },
  });
  try {
    const first = await measured(world, () => finished(log, 1));
    const again = await measured(world, async () => {
      await runSweep(world, folder);
      await finished(log, 2);
    });
    return [...figuresOf('first sweep', first, networks), ...figuresOf('next sweep', again, networks)];
  } finally {
    await world.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

type Measured = {
  readonly seconds: number;
  readonly requests: number;
  readonly perNetwork: number;
  readonly peakMb: number;
};

async function measured(world: World, work: () => Promise<void>): Promise<Measured> {
  const before = (await requestsOfApp(world)).length;
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  const requests = (await requestsOfApp(world)).slice(before);
  const perNetwork = requests.filter(({ path }) => /\/(virtualNetworks|flowLogs)\/[^/]+$/i.test(path)).length;
  return { seconds, requests: requests.length, perNetwork, peakMb: peakMemoryMb(world.environment().pids.app) };
}

function figuresOf(what: string, { seconds, requests, perNetwork, peakMb }: Measured, networks: number): Figure[] {
  return [
    {
      what: `${what} of ${networks}`,
      unit: 'requests',
      value: requests,
      baseline: { name: 'two a network', value: 2 * networks },
    },
    {
      what: `${what}, about one network`,
      unit: 'requests',
      value: perNetwork,
      baseline: { name: 'two a network', value: 2 * networks },
    },
    { what: what, unit: 's', value: seconds, baseline: { name: 'the schedule', value: 15 * 60 } },
    {
      what: `${what}, peak memory of the app`,
      unit: 'MB',
      value: peakMb,
      baseline: { name: 'the promise', value: 300 },
    },
  ];
}

/** Of ARM and Resource Graph; blobs are listed beside, as proof of delivery. */
async function requestsOfApp(world: World) {
  const { controlUrl } = world.environment();
  const app = estate.parse(JSON.parse(readFileSync(join(example, 'estate.json'), 'utf8'))).principals;
  const principalId = app.find(({ name }) => name === 'flowkeeper')?.principalId;
  const lines = (await (await fetch(`${controlUrl}/journal?since=0`)).text()).split('\n').filter((line) => line !== '');
  const all = lines.map((line) => request.parse(JSON.parse(line)));
  return all.filter((one) => one.principalId === principalId && one.service === 'arm');
}

/** The high-water mark that Linux keeps of a process. */
function peakMemoryMb(pid: number): number {
  const [, kilobytes = ''] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1000;
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

async function finished(log: readonly string[], times: number): Promise<void> {
  while (log.filter((line) => line.includes('sweep finished')).length < times) await delay(100);
}
