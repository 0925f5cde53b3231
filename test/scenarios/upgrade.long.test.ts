import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventually, openScene, type Scene, untilState } from './support/scene.ts';

const root = join(import.meta.dirname, '../..');
const identities = 'Microsoft.ManagedIdentity/userAssignedIdentities';
const grants = 'storageAccounts/stflowlogsuks/providers/Microsoft.Authorization/roleAssignments/';
const instances = z.array(z.object({ instanceId: z.string(), output: z.unknown() }));

describe('a deployment of code that does otherwise, while runs are in flight', () => {
  const app = mkdtempSync(join(tmpdir(), 'flowkeeper-upgrade-'));
  let scene: Scene;
  beforeAll(async () => {
    mkdirSync(join(app, 'dist'));
    for (const file of ['host.json', 'package.json', 'dist/main.cjs']) copyFileSync(join(root, file), join(app, file));
    scene = await openScene((policy) => policy, { appDir: app });
  });
  afterAll(async () => {
    await scene.close();
    rmSync(app, { recursive: true, force: true });
  });

  /** Deploys the next version: every orchestrator of it begins with a step that the former one did not have. */
  const deploy = async () => {
    const bundle = join(app, 'dist/main.cjs');
    const began = /function\*(enforceNetworks|enforceSubscription|provideDestination)\(ctx\)\{/g;
    const text = readFileSync(bundle, 'utf8');
    expect(text.match(began)).toHaveLength(3);
    writeFileSync(bundle, text.replace(began, '$&yield ctx.df.createTimer(ctx.df.currentUtcDateTime);'));
    const { pids } = scene.environment();
    process.kill(pids.app, 'SIGKILL');
    await eventually(async () => scene.environment().pids.app !== pids.app);
  };
  const failed = async (prefix: string) => {
    const { body } = await scene.durable(`instances/?instanceIdPrefix=${prefix}&runtimeStatus=Failed`);
    return instances.parse(body);
  };
  const seen = (method: string, path: string) =>
    eventually(async () => (await scene.requests()).some((one) => one.method === method && one.path.includes(path)));

  it('fails the run, and the lane goes on with a new one: one log, bound, and nothing twice', async () => {
    // Azure takes its time over the log, so that the run is waiting when the new code comes.
    await scene.fault({ method: 'PUT', path: 'flowLogs/vnet-in-flight', status: 503, code: 'ServerBusy', times: 2 });
    const id = await scene.createNetwork('vnet-in-flight', 'northeurope');
    await seen('PUT', 'flowLogs/vnet-in-flight');
    await deploy();
    const runs = await eventually(async () => {
      const found = await failed('subscription-');
      return found.length > 0 && found;
    });
    expect(JSON.stringify(runs)).toMatch(/non-?determin/i);
    await scene.runFunction('watchdog');
    await untilState(scene, 'vnet-in-flight', 'Compliant');
    expect(await scene.flowLogsOf(id)).toMatchObject([{ enabled: true, provisioningState: 'Succeeded' }]);
  });

  it('keeps the undo of what a failed run has made: the next run takes it back where it can not go on either', async () => {
    const made = async () => (await scene.resources(identities)).filter(({ id }) => id.includes('stflowlogsuks'));
    const busy = { status: 409, code: 'AnotherOperationInProgress', message: 'Busy.', times: 0 };
    const heal = await scene.fault({ method: 'PUT', path: grants, ...busy });
    await scene.createNetwork('vnet-half-way', 'uksouth');
    await seen('PUT', grants);
    await deploy();
    await eventually(async () => (await failed('destination-stflowlogsuks')).length > 0);
    expect(await made()).toHaveLength(1);
    await heal();
    const refusal = { status: 403, code: 'RequestDisallowedByPolicy', message: 'Not here.', times: 0 };
    await scene.fault({ method: 'PUT', path: grants, ...refusal });
    await scene.runFunction('watchdog');
    await untilState(scene, 'vnet-half-way', 'Blocked');
    expect(await made()).toEqual([]);
  });
});
