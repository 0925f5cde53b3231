import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEnvironmentFile } from '../../infra/local/world/env-file.ts';
import { startWorld } from '../../infra/local/world/world.ts';
import type { World, WorldOptions } from '../../infra/local/world/world-options.ts';
import { isAlive, standIns, until } from './world-support.ts';

let dir: string;
let world: World | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'flowkeeper-world-'));
});
afterEach(async () => {
  await world?.stop();
  world = undefined;
  rmSync(dir, { recursive: true, force: true });
});

async function start(options: Partial<WorldOptions> = {}): Promise<World> {
  world = await startWorld({ ...standIns(dir), ...options });
  return world;
}

describe('a world that starts', () => {
  it('says in env.json where everything is, and takes it away when it stops', async () => {
    const { environment, stop } = await start();
    const told = readEnvironmentFile(join(dir, 'data'));
    expect(told).toEqual(environment());
    expect(told?.subscriptions.map(({ name, resourceGroup }) => [name, resourceGroup])).toEqual([
      ['sub-payments-prod', 'rg-payments-network'],
      ['sub-retail-prod', 'rg-retail-network'],
      ['sub-platform', 'rg-platform-network'],
    ]);
    expect(told?.destinations.map(({ location }) => location).sort()).toEqual(told?.subscriptions[0]?.locations);

    await stop();
    expect(readEnvironmentFile(join(dir, 'data'))).toBeUndefined();
    expect(Object.values(told?.pids ?? {}).filter(isAlive)).toEqual([]);
  });

  it("points every subscription's events at the function app", async () => {
    const { environment } = await start();
    const subscribed = JSON.parse(readFileSync(join(dir, 'data', 'arm.json'), 'utf8'));
    expect(Object.keys(subscribed)).toHaveLength(3);
    expect(new Set(Object.values(subscribed))).toEqual(new Set([environment().eventGridUrl]));
  });

  it('gives the function app nothing of an Azure or a proxy that this process may know', async () => {
    process.env.AZURE_CLIENT_SECRET = 'somebody else';
    process.env.HTTPS_PROXY = 'http://proxy.example';
    try {
      const { environment } = await start({ appSettings: { FLOWKEEPER_SWEEP_SCHEDULE: '0 * * * * *' } });
      const given = await (await fetch(`${environment().functionsUrl}/environment`)).json();
      expect(given).not.toHaveProperty('AZURE_CLIENT_SECRET');
      expect(given).not.toHaveProperty('HTTPS_PROXY');
      expect(given).toMatchObject({
        AZURE_CLIENT_ID: environment().appClientId,
        FLOWKEEPER_ARM_ENDPOINT: environment().armEndpoint,
        FLOWKEEPER_SWEEP_SCHEDULE: '0 * * * * *',
        IDENTITY_ENDPOINT: environment().identityEndpoint,
        NODE_EXTRA_CA_CERTS: environment().caFile,
      });
    } finally {
      delete process.env.AZURE_CLIENT_SECRET;
      delete process.env.HTTPS_PROXY;
    }
  });
});

describe('a process that is killed', () => {
  it.each(['arm', 'azurite', 'host'] as const)(
    'comes back on its ports, with its new id in env.json: %s',
    async (part) => {
      const { environment } = await start();
      const before = environment();
      process.kill(before.pids[part], 'SIGKILL');

      await until(() => readEnvironmentFile(join(dir, 'data'))?.pids[part] !== before.pids[part]);
      const after = readEnvironmentFile(join(dir, 'data'));
      const ids = part === 'host' ? ['host', 'app'] : [part];
      expect(after).toEqual({
        ...before,
        pids: { ...before.pids, ...Object.fromEntries(ids.map((id) => [id, after?.pids[part]])) },
      });
      expect(isAlive(after?.pids[part] ?? 0)).toBe(true);
    },
  );
});

it('no process outlives a supervisor that is killed, and the next start goes on in its place', async () => {
  const supervisor = fork(join(import.meta.dirname, 'stand-ins/supervisor.ts'), [dir]);
  const [pids] = await once(supervisor, 'message');
  const left = readEnvironmentFile(join(dir, 'data'));
  expect(Object.values(left?.pids ?? {}).every(isAlive)).toBe(true);
  supervisor.kill('SIGKILL');
  await until(() => !Object.values<number>(pids).some(isAlive));

  const { environment } = await start({ functionsPort: Number(new URL(left?.functionsUrl ?? '').port) });
  expect(environment().functionsUrl).toBe(left?.functionsUrl);
});

it('a later start goes on at the addresses of the former one, so that what is kept still leads somewhere', async () => {
  const former = await start();
  const before = former.environment();
  await former.stop();
  const { environment } = await start();
  expect(environment()).toEqual({ ...before, pids: environment().pids });
});

describe('a start that cannot be', () => {
  it('is refused while another one uses the data folder', async () => {
    await start();
    await expect(startWorld(standIns(dir))).rejects.toThrow(/^Another start uses the data folder .*--data DIR$/);
    expect(readEnvironmentFile(join(dir, 'data'))).toBeDefined();
  });

  it('is refused while its port is taken', async () => {
    const { environment } = await start();
    const port = Number(new URL(environment().functionsUrl).port);
    const other = { ...standIns(dir), dataDir: join(dir, 'other') };
    await expect(startWorld({ ...other, functionsPort: port })).rejects.toThrow(`Port ${port} is already in use.`);
    await expect(startWorld({ ...other, armPort: port })).rejects.toThrow(/--arm-port/);
  });

  it('says what a process complained of before it ended', async () => {
    const failing = { ...standIns(dir).programs, arm: join(import.meta.dirname, 'stand-ins/failing.ts') };
    await expect(start({ programs: failing })).rejects.toThrow(
      'The ARM simulator ended with code 7 before it was ready: this child has no data to start from',
    );
    await start();
  });

  it('asks for the build that is missing', async () => {
    await expect(start({ appDir: dir })).rejects.toThrow(/is not built: .*npm run build$/);
  });

  it('says what is wrong with an estate file', async () => {
    const estateFile = join(dir, 'estate.json');
    writeFileSync(estateFile, '{ "tenantId": 7 }');
    await expect(start({ estateFile })).rejects.toThrow(/The estate file .* can't be used: .*tenantId/);
  });

  it('leaves nothing behind when it is broken off', async () => {
    const breakOff = new AbortController();
    const pids: number[] = [];
    const starting = start({
      abort: breakOff.signal,
      onEvent: (_, event) => {
        pids.push(event.pid);
        breakOff.abort();
      },
    });
    await expect(starting).rejects.toThrow();
    expect(pids.filter(isAlive)).toEqual([]);
    await start();
  });
});
