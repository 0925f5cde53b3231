import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCollector } from './support/collector.ts';
import { eventually, openScene, type Scene, untilState } from './support/scene.ts';

describe('what a collector of OpenTelemetry is told', () => {
  let collector: Awaited<ReturnType<typeof startCollector>>;
  let scene: Scene;
  beforeAll(async () => {
    collector = await startCollector();
    const appSettings = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_METRIC_EXPORT_INTERVAL: '500' };
    scene = await openScene((policy) => policy, { appSettings });
    await scene.createNetwork('vnet-told');
    await untilState(scene, 'vnet-told', 'Compliant');
  });
  afterAll(async () => {
    await scene.close();
    collector.close();
  });

  it('is how long it took from event to compliant, and by what reason', async () => {
    const point = await eventually(async () => collector.points('flowkeeper.event_to_compliant')[0]);
    expect(point).toMatchObject({ attributes: { reason: 'event', location: 'westeurope' }, count: 1 });
    // The network settled for a second before anything was done.
    expect(point.sum).toBeGreaterThan(1);
  });

  it('is what was changed in Azure: the identity, its right, and the flow log', async () => {
    const points = await eventually(async () => {
      const all = collector.points('flowkeeper.changes');
      return all.some(({ attributes }) => attributes.step === 'ensureFlowLog') && all;
    });
    expect(points.map(({ attributes }) => `${attributes.step} ${attributes.did}`)).toEqual(
      expect.arrayContaining(['ensureIdentity created', 'ensureRoleAssignment created', 'ensureFlowLog created']),
    );
  });

  it('is what was asked of ARM, by subscription, and what its rate limit leaves', async () => {
    const subscription = scene.subscription.id;
    const requests = await eventually(async () => {
      const own = collector
        .points('flowkeeper.arm.requests')
        .filter((one) => one.attributes.subscription === subscription);
      return own.length > 0 && own;
    });
    expect(requests.map(({ attributes }) => attributes.method)).toContain('PUT');
    expect(collector.points('flowkeeper.arm.remaining')).toContainEqual(
      expect.objectContaining({ attributes: { subscription, kind: 'reads' } }),
    );
  });

  it('is which request belongs to which activity, without the query of an address', async () => {
    const put = await eventually(async () =>
      collector.spans.find(({ name }) => name === 'PUT networkWatchers/flowLogs'),
    );
    const activity = await eventually(async () => collector.spans.find(({ spanId }) => spanId === put.parentSpanId));
    expect(activity.name).toBe('ensureFlowLog');
    expect(put.attributes['http.response.status_code']).toBe(201);
    expect(JSON.stringify(collector.spans)).not.toContain('api-version');
  });

  it('is how many networks are in each state, with every sweep', async () => {
    await scene.runFunction('sweep');
    await eventually(async () =>
      collector
        .points('flowkeeper.networks')
        .find(({ attributes, asInt, asDouble }) => attributes.state === 'Compliant' && (asInt ?? asDouble) === 1),
    );
  });

  it('is what failed, by its code', async () => {
    const end = await scene.fault({
      method: 'PUT',
      path: 'flowLogs/',
      status: 403,
      code: 'RequestDisallowedByPolicy',
      times: 0,
    });
    await scene.createNetwork('vnet-refused');
    await untilState(scene, 'vnet-refused', 'Blocked');
    await end();
    await eventually(async () =>
      collector.points('flowkeeper.failures').some(({ attributes }) => attributes.code === 'RequestDisallowedByPolicy'),
    );
  });
});
