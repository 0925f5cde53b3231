import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ensureCertificates, trustAuthority } from '../../../infra/local/world/certificate.ts';
import { estate as smallEstate } from './estate.ts';

const program = fileURLToPath(new URL('../../../infra/local/arm/main.ts', import.meta.url));

const readySchema = z.object({
  kind: z.literal('ready'),
  pid: z.number(),
  armEndpoint: z.string(),
  identityEndpoint: z.string(),
  identityHeader: z.string(),
  controlUrl: z.string(),
  blobEndpoint: z.string().optional(),
  tenantId: z.string(),
});

/** A running simulator in a process and data folder of its own. */
export type Simulator = z.infer<typeof readySchema> & {
  /** Kills the process without warning and starts another one on the same state and ports. */
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
};

/** Starts the simulator on free ports; this process trusts its certificate afterwards. */
export async function startSimulator(
  options: { readonly estate?: unknown; readonly args?: readonly string[] } = {},
): Promise<Simulator> {
  const dir = await mkdtemp(join(tmpdir(), 'flowkeeper-arm-'));
  const files = await ensureCertificates(join(dir, 'certificates'), new Date());
  trustAuthority(files.caFile);
  const estateFile = join(dir, 'estate.json');
  await writeFile(estateFile, JSON.stringify(options.estate ?? smallEstate));
  const shared = [
    '--data',
    dir,
    '--estate',
    estateFile,
    '--cert',
    files.certFile,
    '--key',
    files.keyFile,
    ...(options.args ?? []),
  ];

  let { child, ready } = await start([...shared, '--port', '0']);
  const portOf = (url: string) => new URL(url).port;
  const samePorts = [
    ...['--port', portOf(ready.armEndpoint), '--identity-port', portOf(ready.identityEndpoint)],
    ...['--control-port', portOf(ready.controlUrl)],
  ];
  return {
    ...ready,
    async killAndRestart() {
      child.kill('SIGKILL');
      await once(child, 'exit');
      ({ child, ready } = await start([...shared, ...samePorts]));
    },
    async stop() {
      child.kill('SIGTERM');
      const [code] = await once(child, 'exit');
      await rm(dir, { recursive: true, force: true });
      if (code !== 0) throw new Error(`The simulator ended with ${code}.`);
    },
  };
}

async function start(args: readonly string[]): Promise<{ child: ChildProcess; ready: z.infer<typeof readySchema> }> {
  const child = fork(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The simulator ended with ${code} before it was ready.`);
  });
  const [message] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  return { child, ready: readySchema.parse(message) };
}
