import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { getNetworks } from '../../infra/local/demo/functions-api.ts';
import { type EnvironmentFile, readEnvironmentFile } from '../../infra/local/world/env-file.ts';
import { isAlive, until } from './world-support.ts';

// The commands as a person types them, with the real processes behind them.

const folder = join(import.meta.dirname, '../../infra/local');
const dir = mkdtempSync(join(tmpdir(), 'flowkeeper-commands-'));
let start: ChildProcess;
let said = '';
let environment: EnvironmentFile;

beforeAll(async () => {
  start = spawn(process.execPath, [join(folder, 'start.ts'), '--data', dir, '--port', '0', '--arm-port', '0']);
  start.stdout?.on('data', (chunk) => {
    said += chunk;
  });
  await until(() => readEnvironmentFile(dir) !== undefined, 30);
  environment = readEnvironmentFile(dir) ?? environment;
});
afterAll(() => {
  start.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

async function estate(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'estate.ts'), '--data', dir, ...args]);
  return stdout;
}

async function stateOf(name: string): Promise<string | undefined> {
  return (await getNetworks(environment)).find((network) => network.name === name)?.state;
}

it('npm run estate creates a VNet, and Flowkeeper gives it its flow log', async () => {
  expect(await estate('create-network', 'vnet-by-hand', '--location', 'northeurope')).toContain(
    '/virtualNetworks/vnet-by-hand',
  );
  await until(async () => (await stateOf('vnet-by-hand')) === 'Compliant', 30);
  expect(await estate('list')).toMatch(
    /sub-payments-prod +vnet-by-hand +northeurope +enabled +stflowlogsneu +id-flowkeeper-northeurope-stflowlogsneu\n/,
  );
});

it('npm start made a VNet by itself, and told how it became compliant', async () => {
  await until(() => /vnet-checkout-prod-weu +compliant/.test(said), 30);
  expect(said).toContain(`functions   ${environment.functionsUrl}`);
  expect(said).toMatch(/vnet-checkout-prod-weu +flow log created → stflowlogsweu \(identity \S+\) {2}\d+(\.\d)? s/);
  expect(said).toContain('npm run estate --');
});

it('npm run estate says in one line what it cannot do', async () => {
  await expect(estate('delete-network', 'vnet-nowhere')).rejects.toMatchObject({
    code: 1,
    stderr: "There is no VNet 'vnet-nowhere' in the estate. See: npm run estate -- list\n",
  });
});

it('SIGTERM stops everything cleanly', async () => {
  start.kill('SIGTERM');
  const [code] = await once(start, 'exit');
  expect(code).toBe(0);
  expect(readEnvironmentFile(dir)).toBeUndefined();
  expect(Object.values(environment.pids).filter(isAlive)).toEqual([]);
});
