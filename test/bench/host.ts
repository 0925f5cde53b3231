import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { cleanUp, type HostProcess, startHostProcess } from '../host/support/host-process.ts';
import { loadOnce } from './cold-start.ts';
import { type Figure, middle, type Part } from './figure.ts';
import { callPlainly, runMany, type Span } from './host-client.ts';

const app = join(import.meta.dirname, 'host-app');
const atOnce = 200;
const hops = 5;
const warmUps = 250;

/**
 * What the real Durable Task extension 3.14.1 did on 2 cores, its state in Azurite on disk. Constants: it does not run here, so their
 * ratios hold for a machine like that one only.
 */
const real = { name: 'the real extension (constant)', chainMs: 168, chainsASecond: 18, fanOutMs: 733 };
const plain = 'plain HTTP calls of the same work';

/** The embedded host: how long orchestrations take with an empty store and with many finished instances, memory, start-up time. */
export const benchHost: Part = async ({ quick, say }) => {
  const finished = quick ? 300 : 10_000;
  const crowd = quick ? 20 : 1000;
  try {
    say('host: start-up');
    const starts: number[] = [];
    const loads: number[] = [];
    for (let run = 0; run < (quick ? 1 : 5); run += 1) {
      const began = performance.now();
      const started = await startHostProcess({ app });
      starts.push(performance.now() - began);
      await started.stop();
      loads.push((await loadOnce(join(app, 'src/functions.js'))).processMs);
    }

    const host = await startHostProcess({ app });
    say('host: empty store');
    await warmUp(host, quick);
    const empty = await measure(host, quick);
    const without = await measurePlainly(host, quick);
    const before = { host: memory(host.pid), app: memory(host.appPid()) };
    say(`host: ${finished} instances`);
    for (let done = empty.done; done < finished; done += 250) await runMany(host, 'chain', 250);
    const after = { host: memory(host.pid), app: memory(host.appPid()) };
    const full = await measure(host, quick);
    say(`host: ${crowd} at once`);
    const crowded = { chains: await rate(host, 'chain', crowd), fanOuts: await rate(host, 'fanOut', crowd) };
    await host.stop();

    const compared = (what: string, from: keyof typeof without, unit: Figure['unit'], realValue: number): Figure[] => [
      { what, unit, value: empty[from], baseline: { name: real.name, value: realValue } },
      { what, unit, value: empty[from], baseline: { name: plain, value: without[from] } },
      {
        what: `${what}, ${finished} finished instances`,
        unit,
        value: full[from],
        baseline: { name: 'empty store', value: empty[from] },
      },
    ];
    return [
      ...compared('chain of 5, one at a time', 'chainMs', 'ms', real.chainMs),
      {
        what: 'a hop of the chain: an activity and the turn after it',
        unit: 'ms',
        value: empty.chainMs / hops,
        baseline: { name: real.name, value: real.chainMs / hops },
      },
      ...compared(`chain of 5, ${atOnce} at once`, 'chainsASecond', 'a second', real.chainsASecond),
      ...compared('fan-out of 100', 'fanOutMs', 'ms', real.fanOutMs),
      {
        what: `chain of 5, ${crowd} at once, ${finished} finished instances`,
        unit: 'a second',
        value: crowded.chains,
        baseline: { name: `${atOnce} at once`, value: full.chainsASecond },
      },
      {
        what: `fan-out of 100, ${crowd} at once, ${finished} finished instances`,
        unit: 'a second',
        value: crowded.fanOuts,
        baseline: { name: 'one at a time', value: 1000 / full.fanOutMs },
      },
      ...(['host', 'app'] as const).map((process): Figure => {
        const baseline = { name: `${warmUps + empty.done} finished instances`, value: before[process] };
        return {
          what: `memory of the ${process}, ${finished} finished instances`,
          unit: 'MB',
          value: after[process],
          baseline,
        };
      }),
      {
        what: 'start-up of the host, app loaded',
        unit: 'ms',
        value: middle(starts),
        baseline: { name: 'a bare process that loads the app', value: middle(loads) },
      },
    ];
  } finally {
    await cleanUp();
  }
};

async function measure(host: HostProcess, quick: boolean) {
  const chains: number[] = [];
  for (let run = 0; run < (quick ? 5 : 40); run += 1) chains.push(await one(host, 'chain'));
  const fanOuts: number[] = [];
  for (let run = 0; run < (quick ? 2 : 10); run += 1) fanOuts.push(await one(host, 'fanOut'));
  const rates: number[] = [];
  for (let run = 0; run < (quick ? 1 : 3); run += 1) rates.push(await rate(host, 'chain', atOnce));
  const done = chains.length + fanOuts.length + rates.length * atOnce;
  return { chainMs: middle(chains), fanOutMs: middle(fanOuts), chainsASecond: middle(rates), done };
}

/** Orchestrations a second, so many at once. */
async function rate(host: HostProcess, name: string, count: number): Promise<number> {
  const spans: readonly Span[] = await runMany(host, name, count);
  const tookMs = Math.max(...spans.map(({ to }) => to)) - Math.min(...spans.map(({ from }) => from));
  return (count / tookMs) * 1000;
}

/** Until the code is compiled. */
async function warmUp(host: HostProcess, quick: boolean): Promise<void> {
  await runMany(host, 'chain', quick ? 20 : warmUps);
  await callPlainly(host, 20);
}

async function one(host: HostProcess, name: string): Promise<number> {
  const [span] = await runMany(host, name, 1);
  return span ? span.to - span.from : Number.NaN;
}

/** The same calls by hand: no history, no state, nothing that survives a crash. */
async function measurePlainly(host: HostProcess, quick: boolean) {
  const chains: number[] = [];
  const fanOuts: number[] = [];
  const rates: number[] = [];
  const allAtOnce = async (count: number, calls: number) => {
    const began = performance.now();
    await Promise.all(Array.from({ length: count }, () => callPlainly(host, calls)));
    return performance.now() - began;
  };
  for (let run = 0; run < (quick ? 5 : 40); run += 1) chains.push(await callPlainly(host, 5));
  for (let run = 0; run < (quick ? 2 : 10); run += 1) fanOuts.push(await allAtOnce(100, 1));
  for (let run = 0; run < (quick ? 1 : 3); run += 1) rates.push((atOnce / (await allAtOnce(atOnce, 5))) * 1000);
  return { chainMs: middle(chains), fanOutMs: middle(fanOuts), chainsASecond: middle(rates) };
}

/** Resident memory of a process, in MB. */
function memory(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}
