import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyDocument } from './support/bare-estate.ts';
import { eventually, openScene, type Scene, untilState } from './support/scene.ts';

const names = ['vnet-one', 'vnet-two', 'vnet-three'];

describe('a policy that changes one flow log an hour', () => {
  let scene: Scene;
  let document: PolicyDocument;

  beforeAll(async () => {
    scene = await openScene((policy) => ({ ...policy, mode: 'audit' }));
    document = (await scene.call('/api/policy')).body as PolicyDocument;
    await Promise.all(names.map((name) => scene.createNetwork(name)));
    await Promise.all(names.map((name) => untilState(scene, name, 'NonCompliant')));
    await enforce({ changesPerHour: 1 });
  });
  afterAll(() => scene.close());

  const enforce = async (limits: object) => {
    const body = JSON.stringify({ ...document, mode: 'enforce', limits: { ...document.limits, ...limits } });
    expect((await scene.call('/api/policy', { method: 'PUT', body })).status).toBe(200);
  };
  const paused = async () => (await scene.networks()).filter(({ because }) => because === 'paused');

  it('says which networks have to wait, why, and when each has its turn', async () => {
    // An hour that begins right now lets a second one go.
    const [told] = await eventually(async () => {
      const waiting = await paused();
      return (
        waiting.length > 0 &&
        (await scene.networks()).every(({ state, because }) => because === 'paused' || state === 'Compliant') &&
        waiting
      );
    }, scene.networks);
    expect(told).toMatchObject({ state: 'NonCompliant', action: 'create', problem: { code: 'HourlyLimitReached' } });
    expect(told?.until).toMatch(/T\d\d:00:00\.000Z$/);
    expect(Date.parse(told?.until ?? '')).toBeGreaterThan(Date.now());
    expect(await scene.flowLogsOf(told?.id ?? '')).toEqual([]);
  });

  it('does not keep a new network waiting', async () => {
    await scene.createNetwork('vnet-new');
    await untilState(scene, 'vnet-new', 'Compliant');
  });

  it('does not hold back what a person asks for by itself', async () => {
    const [told] = await paused();
    await scene.post('/api/remediations', { networks: [told?.id] });
    await untilState(scene, told?.name ?? '', 'Compliant');
  });

  it('goes on with the others when it says so', async () => {
    await enforce({ changesPerHour: null });
    for (const name of names) await untilState(scene, name, 'Compliant');
  });

  it('pauses when too many changes fail, and tells who must act', async () => {
    const fails = { code: 'RequestDisallowedByPolicy', message: 'No.', status: 403, times: 0, method: 'PUT' };
    const heal = await scene.fault({ ...fails, path: 'flowLogs/' });
    await enforce({ pauseWhen: { failedShare: 1, outOf: 2, minutes: 60 } });
    await scene.createNetwork('vnet-bad-one');
    await scene.createNetwork('vnet-bad-two');
    await untilState(scene, 'vnet-bad-one', 'Blocked');
    await untilState(scene, 'vnet-bad-two', 'Blocked');
    await eventually(async () => scene.log.some((line) => line.includes('changes paused')));
    await heal();

    const { id = '' } = (await scene.told('vnet-one')) ?? {};
    const [flowLog] = await scene.flowLogsOf(id);
    await scene.writeFlowLog(flowLog?.id ?? '', { retentionPolicy: { enabled: true, days: 7 } });
    const told = await eventually(async () => (await paused())[0]);
    expect(told).toMatchObject({ name: 'vnet-one', problem: { code: 'TooManyChangesFailed', actor: 'operator' } });
    expect((await scene.flowLogsOf(id))[0]?.retentionPolicy?.days).toBe(7);
    const health = (await scene.call('/api/health')).body;
    expect(health).toMatchObject({ status: 'degraded', checks: { changes: { status: 'warning' } } });
  });

  it('ends the pause when the policy is stated anew', async () => {
    await enforce({});
    await untilState(scene, 'vnet-one', 'Compliant');
    await untilState(scene, 'vnet-bad-one', 'Compliant');
  });
});
