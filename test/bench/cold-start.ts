import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type Figure, middle, type Part } from './figure.ts';

const root = join(import.meta.dirname, '../..');
const bundle = join(root, 'dist/main.cjs');
const sources = join(root, 'functions/main.ts');
const loadedMessage = z.object({ ms: z.number(), cpuMs: z.number() });

/** How long one load of an app took, in ms; `processMs` from the start of its process to the end of the load. */
export type Load = z.infer<typeof loadedMessage> & { readonly processMs: number };

/** How long the app takes to load: the bundle, against the same app unbundled, in turns so that both have the same weather. */
export const benchColdStart: Part = async ({ quick, say }) => {
  say('cold start');
  const cache = mkdtempSync(join(tmpdir(), 'flowkeeper-bench-'));
  try {
    const bundled: Load[] = [];
    const unbundled: Load[] = [];
    const cached: Load[] = [];
    await loadOnce(bundle, cache); // fills the cache
    for (let run = 0; run < (quick ? 1 : 9); run += 1) {
      bundled.push(await loadOnce(bundle));
      unbundled.push(await loadOnce(sources));
      cached.push(await loadOnce(bundle, cache));
    }
    return [
      against('load of the bundle', bundled, 'unbundled', unbundled, 'ms'),
      { ...against('load of the bundle', bundled, '', bundled, 'ms'), baseline: { name: 'the promise', value: 300 } },
      against('load of the bundle, processor time', bundled, 'unbundled', unbundled, 'cpuMs'),
      against('load of the bundle, warm compile cache', cached, 'without', bundled, 'ms'),
    ];
  } finally {
    rmSync(cache, { recursive: true });
  }
};

function against(
  what: string,
  loads: readonly Load[],
  name: string,
  others: readonly Load[],
  field: 'ms' | 'cpuMs',
): Figure {
  const of = (all: readonly Load[]) => middle(all.map((load) => load[field]));
  return { what, unit: 'ms', value: of(loads), baseline: { name, value: of(others) } };
}

/** Loads the app in `file` in a new process; with NODE_COMPILE_CACHE where a folder for it is named. */
export async function loadOnce(file: string, compileCache?: string): Promise<Load> {
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const began = performance.now();
  const child = fork(join(import.meta.dirname, 'load-app.ts'), [file], {
    env: {
      ...env,
      AzureWebJobsStorage: 'UseDevelopmentStorage=true',
      ...(compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache }),
    },
  });
  return new Promise((settle, reject) => {
    let load: Load | undefined;
    child.once('message', (message) => {
      load = { ...loadedMessage.parse(message), processMs: performance.now() - began };
      child.disconnect();
    });
    child.once('exit', (code) => {
      if (load) settle(load);
      else reject(new Error(`The app ${file} was not loaded: its process ended with ${code}.`));
    });
  });
}
