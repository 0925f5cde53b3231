import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openScene, type Scene, untilState } from './support/scene.ts';

const denied = { status: 403, code: 'AuthorizationFailed', message: 'No right to this.', times: 0 };

describe('what can not be done comes to rest', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
  });
  afterAll(() => scene.close());

  /** Requests of the app while a whole other network is brought from nothing to compliant. */
  const requestsMeanwhile = async (name: string): Promise<number> => {
    const before = (await scene.requests()).at(-1)?.seq ?? 0;
    await scene.createNetwork(name, 'northeurope');
    await untilState(scene, name, 'Compliant');
    return (await scene.requests(before)).filter(
      ({ path }) => !/northeurope|stflowlogsneu/i.test(path) && !path.includes(name),
    ).length;
  };

  it('where the storage account may not even be read: blocked, and asked for no more', async () => {
    const heal = await scene.fault({ method: 'GET', path: 'storageAccounts/stflowlogsweu', ...denied });
    await scene.createNetwork('vnet-no-read');
    expect(await untilState(scene, 'vnet-no-read', 'Blocked')).toMatchObject({
      because: 'parked',
      problem: { code: 'AuthorizationFailed' },
    });
    // Whatever a network costs for its own region and subscription, and nothing on behalf of the one that is blocked.
    expect(await requestsMeanwhile('vnet-meanwhile-1')).toBeLessThanOrEqual(6);
    await heal();
  });

  const state = async (mode: string): Promise<void> => {
    const { body, headers } = await scene.call('/api/policy');
    const init = { method: 'PUT', headers: { 'if-match': headers.get('etag') ?? '' } };
    const put = await scene.call('/api/policy', { ...init, body: JSON.stringify({ ...(body as object), mode }) });
    expect(put.status).toBe(200);
  };

  it('is tried again at once when the policy is stated anew', async () => {
    await state('enforce');
    await untilState(scene, 'vnet-no-read', 'Compliant');
  });

  it('where a write failed and was taken back: the events of both do not wake it', async () => {
    const { id } = await untilState(scene, 'vnet-no-read', 'Compliant');
    const [flowLog] = await scene.flowLogsOf(id);
    await fetch(`${scene.environment().controlUrl}/switches`, {
      method: 'PUT',
      body: JSON.stringify({ evidenceIds: 'plain' }),
    });
    await state('audit');
    await scene.writeFlowLog(flowLog?.id ?? '', { enabled: false });
    await untilState(scene, 'vnet-no-read', 'NonCompliant');
    const operation = { code: 'InvalidTAWorkspaceRegion', message: 'Can not be.' };
    await scene.fault({ method: 'PUT', path: `flowLogs/${flowLog?.name}`, times: 1, operation });
    await state('enforce');
    expect(await untilState(scene, 'vnet-no-read', 'Blocked')).toMatchObject({ leftovers: [] });
    expect((await scene.flowLogsOf(id))[0]).toMatchObject({ enabled: false, provisioningState: 'Succeeded' });
    expect(await requestsMeanwhile('vnet-meanwhile-2')).toBeLessThanOrEqual(6);
  });

  it('where a person asks for a network that does not exist: done, and told as gone', async () => {
    const id = `/subscriptions/${scene.subscription.id}/resourceGroups/none/providers/Microsoft.Network/virtualNetworks/none`;
    const { headers } = await scene.post('/api/remediations', { networks: [id] });
    const progress = await eventually(async () => {
      const { body } = await scene.call(headers.get('location') ?? '');
      return (body as { state: string }).state === 'done' && body;
    });
    expect(progress).toMatchObject({ networks: [{ id, done: true, state: 'Gone' }] });
  });

  it('where a wrong policy was uploaded past the API: the last good one stays, also after a restart', async () => {
    const blobs = BlobServiceClient.fromConnectionString(scene.environment().storageConnectionString);
    const text = '{ "mode": "destroy" }';
    await blobs.getContainerClient('flowkeeper').getBlockBlobClient('policy.json').upload(text, text.length);
    const { app } = scene.environment().pids;
    process.kill(app, 'SIGKILL');
    await eventually(async () => scene.environment().pids.app !== app);
    await scene.createNetwork('vnet-after-wrong', 'northeurope');
    await untilState(scene, 'vnet-after-wrong', 'Compliant');
    expect((await scene.call('/api/policy')).body).toMatchObject({ mode: 'enforce' });
  });
});
