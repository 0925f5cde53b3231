import { type ChildProcess, fork } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { createNetwork } from '../../infra/local/estate/change.ts';
import { findFlowLog } from '../../infra/local/estate/read.ts';
import { readEnvironmentFile } from '../../infra/local/world/env-file.ts';
import { writeLocalSettings } from '../../infra/local/world/local-settings.ts';
import { signInAsOperator } from '../../infra/local/world/operator.ts';
import { until } from './world-support.ts';

const root = join(import.meta.dirname, '../..');
const told = z.object({ networks: z.array(z.looseObject({ name: z.string(), state: z.string() })) });
/** What a developer's environment may have, and would win over local.settings.json. */
const misleadingName = /^(AZURE_.*|IDENTITY_.*|NODE_EXTRA_CA_CERTS|.*_PROXY)$/i;

let dir: string;
const running: ChildProcess[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'flowkeeper-cloud-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map(stop));
  rmSync(dir, { recursive: true, force: true });
});

it('lets a host that is started later, with the settings that were written, keep a new VNet logging', async () => {
  const port = await freePort();
  const data = join(dir, 'data');
  const app = join(dir, 'app');
  const functionsUrl = `http://127.0.0.1:${port}`;
  const settings = join(app, 'local.settings.json');
  const cloud = run('cloud.ts', [
    '--data',
    data,
    '--functions-url',
    functionsUrl,
    '--settings',
    settings,
    '--arm-port',
    '0',
  ]);
  await until(() => cloud.output().includes(`No Functions host answers at ${functionsUrl} yet`), 30);
  await until(() => cloud.output().includes(settings), 30);
  copyApp(app);

  run('host/main.ts', ['--app', app, '--data', data, '--port', String(port)]);
  await until(() => cloud.output().includes('gets the events of the estate'), 30);

  const environment = readEnvironmentFile(data);
  if (environment === undefined) throw new Error('There is no env.json.');
  expect(environment.functionsUrl).toBe(functionsUrl);
  const operator = await signInAsOperator(environment);
  const [home] = environment.subscriptions;
  const name = 'vnet-cloud';
  await createNetwork(operator, {
    name,
    subscriptionId: home?.id ?? '',
    resourceGroup: home?.resourceGroup ?? '',
    location: 'westeurope',
    tags: {},
  });
  const headers = { 'x-functions-key': environment.functionKey ?? '' };
  await until(async () => {
    const { networks } = told.parse(await (await fetch(`${functionsUrl}/api/networks`, { headers })).json());
    return networks.some((network) => network.name === name && network.state === 'Compliant');
  }, 40);
  const log = await findFlowLog(operator, environment, name);
  const destination = environment.destinations.find(({ location }) => location === 'westeurope');
  expect(log.flowLog).toMatchObject({ storageId: destination?.storageAccountId });
});

it('keeps what a developer has added to the settings', () => {
  const file = join(dir, 'local.settings.json');
  writeFileSync(
    file,
    JSON.stringify({ Host: { CORS: '*' }, Values: { FLOWKEEPER_LOG_LEVEL: 'debug', AZURE_TENANT_ID: 'former' } }),
  );
  writeLocalSettings(file, { AZURE_TENANT_ID: 'present' });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    IsEncrypted: false,
    Host: { CORS: '*' },
    Values: { FUNCTIONS_WORKER_RUNTIME: 'node', FLOWKEEPER_LOG_LEVEL: 'debug', AZURE_TENANT_ID: 'present' },
  });
});

/** The built app in a folder of its own, so that its local.settings.json is not in this one. */
function copyApp(folder: string): void {
  mkdirSync(join(folder, 'dist'), { recursive: true });
  for (const file of ['package.json', 'host.json', 'dist/main.cjs']) copyFileSync(join(root, file), join(folder, file));
}

function run(program: string, args: readonly string[]): { output: () => string } {
  const child = fork(join(root, 'infra/local', program), [...args], {
    silent: true,
    execArgv: [],
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !misleadingName.test(name))),
  });
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  return { output: () => output };
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((settle) => {
    if (child.exitCode !== null || child.signalCode !== null) return settle();
    child.once('exit', () => settle());
    child.kill('SIGTERM');
  });
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((settle) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => settle(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
