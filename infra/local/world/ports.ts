import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { StartError } from './start-error.ts';

const portsSchema = z.object({
  functions: z.number(),
  arm: z.number(),
  identity: z.number(),
  control: z.number(),
  storage: z.number(),
  blob: z.number(),
  queue: z.number(),
  table: z.number(),
});

/** Everything that listens on 127.0.0.1; 0 = choose. */
export type Ports = z.infer<typeof portsSchema>;

const free: Ports = { functions: 0, arm: 0, identity: 0, control: 0, storage: 0, blob: 0, queue: 0, table: 0 };

/** Keeps the ports of this run in the data folder, for the next one. */
export function keepPorts(dir: string, ports: Ports): void {
  writeFileSync(join(dir, 'ports.json'), JSON.stringify(ports));
}

/**
 * The ports to listen on. One that is asked for must be free. Where any will do, the former run's is taken if it still can be had:
 * the kept state knows addresses, such as those at which the operations of ARM are polled. Waits up to `patienceMs` for each, because
 * the processes of a run that was killed need a moment to let go of their ports.
 */
export async function choosePorts(
  dir: string,
  asked: { readonly functions: number; readonly arm: number },
  patienceMs: number,
): Promise<Ports> {
  if (asked.functions !== 0) await requireFree(asked.functions, '--port', patienceMs);
  if (asked.arm !== 0) await requireFree(asked.arm, '--arm-port', patienceMs);
  const former = Object.entries(readFormer(dir)).map(async ([name, port]) => {
    return [name, (await refusalOf(port, patienceMs)) === undefined ? port : 0];
  });
  const ports = portsSchema.parse(Object.fromEntries(await Promise.all(former)));
  return { ...ports, functions: asked.functions || ports.functions, arm: asked.arm || ports.arm };
}

async function requireFree(port: number, option: string, patienceMs: number): Promise<void> {
  const refusal = await refusalOf(port, patienceMs);
  if (refusal === undefined) return;
  throw new StartError(`Port ${port} ${refusal}. Choose another one, 0 for any free one: ${option} N`);
}

function readFormer(dir: string): Ports {
  try {
    return portsSchema.parse(JSON.parse(readFileSync(join(dir, 'ports.json'), 'utf8')));
  } catch {
    return free;
  }
}

async function refusalOf(port: number, patienceMs: number): Promise<string | undefined> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const refusal = await tryPort(port);
    if (refusal === undefined || Date.now() >= deadline) return refusal;
    await delay(100);
  }
}

function tryPort(port: number): Promise<string | undefined> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', (error) => {
      const inUse = 'code' in error && error.code === 'EADDRINUSE';
      settle(inUse ? 'is already in use' : `can't be opened (${error.message})`);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => settle(undefined)));
  });
}
