import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sameId } from '../../shared/resource-id.ts';
import { openScene, type Scene, untilState } from './support/scene.ts';

describe('a new network in an estate where nothing is ready', () => {
  let scene: Scene;
  let networkId: string;

  beforeAll(async () => {
    scene = await openScene();
    networkId = await scene.createNetwork('vnet-first');
    await untilState(scene, 'vnet-first', 'Compliant');
  });
  afterAll(() => scene.close());

  it('gets one enabled flow log to the storage account of its region', async () => {
    const [flowLog, ...others] = await scene.flowLogsOf(networkId);
    const destination = scene.environment().destinations.find(({ location }) => location === 'westeurope');
    expect(others).toEqual([]);
    expect(flowLog).toMatchObject({ enabled: true, provisioningState: 'Succeeded', format: { version: 2 } });
    expect(sameId(flowLog?.storageId ?? '', destination?.storageAccountId ?? '')).toBe(true);
  });

  it('has the log bound to an identity that may write blobs there, and nowhere wider', async () => {
    const destination = scene.environment().destinations.find(({ location }) => location === 'westeurope');
    const [flowLog] = await scene.flowLogsOf(networkId);
    const [bound] = Object.entries(flowLog?.identity?.userAssignedIdentities ?? {});
    expect(sameId(bound?.[0] ?? '', destination?.identityId ?? '')).toBe(true);
    const assignments = await scene.resources('Microsoft.Authorization/roleAssignments');
    const own = assignments.filter((one) => Object.values(one).includes(bound?.[1].principalId));
    expect(own.map(({ id }) => id.split('/providers/Microsoft.Authorization/')[0])).toEqual([
      destination?.storageAccountId,
    ]);
  });

  it('is told as compliant, with its log, account and identity', async () => {
    expect(await scene.told('vnet-first')).toMatchObject({
      state: 'Compliant',
      because: null,
      drifts: [],
      problem: null,
    });
  });

  it('costs at most five requests when its destination is ready, and carries the correlation of its event', async () => {
    const before = (await scene.requests()).at(-1)?.seq ?? 0;
    await scene.createNetwork('vnet-second');
    await untilState(scene, 'vnet-second', 'Compliant');
    const requests = await scene.requests(before);
    const perRegionAndRun = requests.filter(({ path }) => /networkWatchers(\/[^/]+\/flowLogs)?$/i.test(path));
    expect(perRegionAndRun.length).toBeLessThanOrEqual(2);
    expect(requests.length - perRegionAndRun.length).toBeLessThanOrEqual(5);
    const correlations = new Set(
      requests.filter(({ method }) => method === 'PUT').map(({ clientRequestId }) => clientRequestId),
    );
    expect([...correlations]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  });

  it('puts no token, key or claim into the log', () => {
    expect(scene.log.filter((line) => /eyJ[A-Za-z0-9_-]{10,}|AccountKey=|"claims"|Bearer /.test(line))).toEqual([]);
  });
});
