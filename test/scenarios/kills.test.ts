import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sameId } from '../../shared/resource-id.ts';
import { eventually, openScene, type Scene } from './support/scene.ts';

const regions = ['westeurope', 'northeurope'];
const names = Array.from({ length: 10 }, (_, index) => `vnet-killed-${index}`);

describe('processes that are killed in the middle of the work', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
  });
  afterAll(() => scene.close());

  it('leave every network with one bound flow log, and nothing else behind', async () => {
    const ids = await Promise.all(names.map((name, index) => scene.createNetwork(name, regions[index % 2])));
    for (const victim of ['app', 'host', 'app', 'host'] as const) {
      const progress = (await scene.requests()).length;
      await eventually(async () => (await scene.requests()).length > progress + 3 || (await allCompliant(scene)));
      const { pids } = scene.environment();
      process.kill(pids[victim], 'SIGKILL');
      await eventually(async () => scene.environment().pids[victim] !== pids[victim]);
    }
    await eventually(
      () => allCompliant(scene),
      () => scene.networks().catch(String),
    );

    for (const id of ids) {
      const flowLogs = await scene.flowLogsOf(id);
      expect(flowLogs).toHaveLength(1);
      expect(flowLogs[0]).toMatchObject({ enabled: true, provisioningState: 'Succeeded' });
    }
    const wanted = scene.environment().destinations.filter(({ location }) => regions.includes(location));
    const identities = (await scene.resources('Microsoft.ManagedIdentity/userAssignedIdentities')).filter(({ name }) =>
      name?.includes('stflowlogs'),
    );
    expect(identities).toHaveLength(wanted.length);
    expect(identities.every(({ id }) => wanted.some(({ identityId }) => sameId(id, identityId ?? '')))).toBe(true);
  });
});

/** The host may be down while this asks. */
async function allCompliant(scene: Scene): Promise<boolean> {
  const told = await scene.networks().catch(() => []);
  return names.every((name) => told.some((one) => one.name === name && one.state === 'Compliant'));
}
