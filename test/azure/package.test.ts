import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { run } from '../../infra/azure/run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'dist', 'package');
const readyMessage = z.object({ kind: z.literal('ready'), url: z.url(), eventGridKey: z.string() });
const built = existsSync(join(root, 'dist', 'main.cjs'));

beforeAll(async () => {
  if (!built) return;
  const { exitCode, stderr } = await run(process.execPath, ['infra/azure/package.ts']);
  if (exitCode !== 0) throw new Error(stderr);
});
beforeEach((context) => {
  if (!built) context.skip('There is no dist/main.cjs to package: run `npm run build` first, as `npm test` does.');
});

describe('the package that is deployed', () => {
  test('is host.json, package.json and the bundle, and nothing to install or build', async () => {
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    expect(files.flatMap((file) => (file.isFile() ? [file.name] : [])).sort()).toEqual([
      'host.json',
      'main.cjs',
      'package.json',
    ]);
    const { name, version, main } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const packaged: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    expect(packaged).toEqual({ name, version, private: true, main });
  });

  test('is under 10 MB even before it is zipped', async () => {
    expect((await stat(join(folder, 'dist', 'main.cjs'))).size).toBeLessThan(10_000_000);
  });

  test('is loaded by a Functions host, with the event function that events are delivered to', async () => {
    const data = await mkdtemp(join(tmpdir(), 'package-'));
    const env = { ...process.env, AzureWebJobsStorage: 'UseDevelopmentStorage=true' };
    const host = fork(join(root, 'infra/local/host/main.ts'), ['--app', folder, '--data', data, '--port', '0'], {
      env,
      silent: true,
    });
    const exited = once(host, 'exit');
    try {
      const [message] = await Promise.race([
        once(host, 'message'),
        exited.then(([code]) => Promise.reject(new Error(`The host ended with ${code} before it was ready.`))),
      ]);
      const { url, eventGridKey } = readyMessage.parse(message);
      const endpoint = `${url}/runtime/webhooks/EventGrid?functionName=onResourceEvent&code=${eventGridKey}`;
      const validation = [
        {
          id: '1',
          subject: '',
          topic: '/subscriptions/1',
          eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
          eventTime: '2026-01-01T00:00:00Z',
          data: { validationCode: 'code-of-this-test' },
          dataVersion: '1',
        },
      ];
      const headers = { 'content-type': 'application/json', 'aeg-event-type': 'SubscriptionValidation' };
      const answer = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(validation) });
      expect(await answer.json()).toEqual({ validationResponse: 'code-of-this-test' });
    } finally {
      host.kill('SIGTERM');
      await exited;
      await rm(data, { recursive: true, force: true });
    }
  });
});
