import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorldOptions } from '../../infra/local/world/world-options.ts';

/** Options for a world of stand-ins, which are ready in a moment, in the data folder `dir`/data. */
export function standIns(dir: string): WorldOptions {
  const appDir = join(dir, 'app');
  mkdirSync(join(appDir, 'dist'), { recursive: true });
  writeFileSync(join(appDir, 'dist/main.cjs'), '');
  const program = (name: string) => join(import.meta.dirname, 'stand-ins', `${name}.ts`);
  return {
    dataDir: join(dir, 'data'),
    appDir,
    programs: { arm: program('arm'), azurite: program('azurite'), host: program('host') },
  };
}

/** Waits until a condition holds, ten seconds at most where nothing else is said. */
export async function until(condition: () => boolean | Promise<boolean>, seconds = 90): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Still not so after ${seconds} s: ${condition}`);
    await delay(20);
  }
}

/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
