import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  type EnvironmentFile,
  readEnvironmentFile,
  removeEnvironmentFile,
  writeEnvironmentFile,
} from '../../infra/local/world/env-file.ts';

const environment: EnvironmentFile = {
  functionsUrl: 'http://127.0.0.1:7071',
  functionKey: null,
  eventGridUrl: 'http://127.0.0.1:7071/runtime/webhooks/EventGrid?functionName=onResourceEvent&code=k',
  armEndpoint: 'https://127.0.0.1:8443',
  caFile: '/x/ca.pem',
  identityEndpoint: 'http://127.0.0.1:1/msi/token',
  identityHeader: 'h',
  operatorClientId: 'o',
  appClientId: 'a',
  storageConnectionString: 's',
  tenantId: 't',
  subscriptions: [{ id: 's1', name: 'sub', resourceGroup: 'rg', locations: ['westeurope'] }],
  destinations: [{ location: 'westeurope', storageAccountId: 'sa', identityId: null }],
  controlUrl: 'http://127.0.0.1:2',
  pids: { host: 1, app: 2, arm: 3, azurite: 4 },
};

it('a reader never sees a part of the file, however often it is written anew', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'flowkeeper-env-'));
  const writer = fork(join(import.meta.dirname, 'stand-ins/env-writer.ts'), [dir, JSON.stringify(environment)]);
  try {
    await once(writer, 'message');
    for (let read = 0; read < 2000; read += 1) {
      expect(() => JSON.parse(readFileSync(join(dir, 'env.json'), 'utf8'))).not.toThrow();
    }
    expect(readEnvironmentFile(dir)).toMatchObject({ functionsUrl: environment.functionsUrl });
  } finally {
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    rmSync(dir, { recursive: true, force: true });
  }
});

it('says whether there was a file to remove, and reads none where there is none', () => {
  const dir = mkdtempSync(join(tmpdir(), 'flowkeeper-env-'));
  expect(removeEnvironmentFile(dir)).toBe(false);
  writeEnvironmentFile(dir, environment);
  expect(readEnvironmentFile(dir)).toEqual(environment);
  expect(removeEnvironmentFile(dir)).toBe(true);
  expect(readEnvironmentFile(dir)).toBeUndefined();
  rmSync(dir, { recursive: true, force: true });
});
