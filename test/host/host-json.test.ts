import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readHostJson } from '../../infra/local/host/config/host-json.ts';
import { readLocalSettings } from '../../infra/local/host/config/local-settings.ts';
import { cleanUp, temporaryFolder } from './support/host-process.ts';

afterAll(cleanUp);

const folderWith = (file: string, content: unknown): string => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
  return folder;
};
const read = (content: unknown, env: NodeJS.ProcessEnv = {}) => readHostJson(folderWith('host.json', content), env);
const durable = (durableTask: object) => ({ version: '2.0', extensions: { durableTask } });

describe('host.json', () => {
  it('has the defaults of the real host', () => {
    const settings = readHostJson(temporaryFolder(), {});
    expect(settings).toMatchObject({
      routePrefix: 'api',
      functionTimeoutMs: 30 * 60_000,
      taskHub: 'TestHubName',
      maxOrchestrators: 10 * availableParallelism(),
      maxActivities: 10 * availableParallelism(),
      defaultVersion: null,
      versionMatch: 'CurrentOrOlder',
      overridesAnyState: false,
    });
  });
  it('gives limits, versions, the prefix of routes and the timeout', () => {
    const http = { routePrefix: '/v1/' };
    const durableTask = {
      maxConcurrentActivityFunctions: 3,
      maxConcurrentOrchestratorFunctions: 2,
      defaultVersion: '2',
    };
    expect(read({ functionTimeout: '1.02:03:04', extensions: { http, durableTask } })).toMatchObject({
      routePrefix: 'v1',
      functionTimeoutMs: (((24 + 2) * 60 + 3) * 60 + 4) * 1000,
      maxActivities: 3,
      maxOrchestrators: 2,
      defaultVersion: '2',
    });
    expect(read({ functionTimeout: '-1' }).functionTimeoutMs).toBe(null);
  });
  it('is overruled by app settings, as the real host has it', () => {
    const env = {
      AzureFunctionsJobHost__extensions__http__routePrefix: '',
      AzureFunctionsJobHost__extensions__durableTask__maxConcurrentActivityFunctions: '4',
      azurefunctionsjobhost__FUNCTIONTIMEOUT: '00:00:09',
    };
    expect(read({ functionTimeout: '00:01:00', extensions: { http: { routePrefix: 'v1' } } }, env)).toMatchObject({
      routePrefix: '',
      maxActivities: 4,
      functionTimeoutMs: 9000,
    });
    expect(() => read({}, { AzureFunctionsJobHost__functionTimeout: 'soon' })).toThrow(/functionTimeout/);
  });
  it('may name its task hub by an app setting, which must be there', () => {
    const content = durable({ hubName: '%HUB%', storageProvider: { type: 'azureManaged' } });
    expect(read(content, { HUB: 'mine' }).taskHub).toBe('mine');
    expect(() => read(content)).toThrow(/names the app setting HUB, which is not there/);
  });
  it('that cannot be meant is refused, with the place', () => {
    expect(() => read('{')).toThrow(/host\.json cannot be read as JSON/);
    expect(() => read({ functionTimeout: 'an hour' })).toThrow(
      /host\.json is not valid[\s\S]*hh:mm:ss[\s\S]*functionTimeout/,
    );
    expect(() => read(durable({ maxConcurrentActivityFunctions: 0 }))).toThrow(/maxConcurrentActivityFunctions/);
  });
});

describe('local.settings.json', () => {
  it('gives app settings and the port, and is refused when it is encrypted', () => {
    const folder = folderWith('local.settings.json', { Values: { A: 'b' }, Host: { LocalHttpPort: 7072 } });
    expect(readLocalSettings(folder)).toEqual({ values: { A: 'b' }, port: 7072 });
    expect(() => readLocalSettings(folderWith('local.settings.json', { IsEncrypted: true }))).toThrow(/decrypt/);
  });
});
