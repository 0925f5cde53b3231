import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openScene, type Scene, untilState } from './support/scene.ts';

type Progress = {
  state: string;
  networks: { id: string; done: boolean; state: string; steps: { step: string; did: string | null }[] }[];
};

describe('remediation by hand', () => {
  let scene: Scene;
  const many = Array.from({ length: 24 }, (_, index) => `vnet-many-${index}`);

  beforeAll(async () => {
    scene = await openScene((policy) => ({ ...policy, mode: 'audit' }));
    await Promise.all(many.map((name) => scene.createNetwork(name)));
    await Promise.all(many.map((name) => untilState(scene, name, 'NonCompliant')));
  });
  afterAll(() => scene.close());

  const progressOf = async (location: string): Promise<Progress> => (await scene.call(location)).body as Progress;
  const enforceFrom = async () => {
    const { body } = await scene.call('/api/policy');
    const policy = { ...(body as object), mode: 'enforce' };
    // The sweep of the new policy is what this test is not about: it is over when the networks are asked for.
    await scene.call('/api/policy', { method: 'PUT', body: JSON.stringify(policy) });
  };

  it.each([
    ['neither networks nor a filter', {}, ['']],
    ['ids that are no networks', { networks: ['/subscriptions/x'] }, ['networks[0]']],
    ['an empty filter', { filter: {} }, ['filter']],
    ['a field that is not there', { filter: { colour: 'red' } }, ['filter.colour', 'filter']],
  ])('refuses %s, and says where', async (_, body, paths) => {
    const { status, body: problem } = await scene.post('/api/remediations', body);
    expect(status).toBe(400);
    expect((problem as { problems: { path: string }[] }).problems.map(({ path }) => path)).toEqual(paths);
  });

  it('answers 404 for a remediation that nobody asked for', async () => {
    expect((await scene.call('/api/remediations/4b0d1c1e-0000-4000-8000-000000000000')).status).toBe(404);
  });

  it('lets a new network go before the rest of a large remediation', async () => {
    await enforceFrom();
    const ids = (await scene.networks()).map(({ id }) => id);
    const accepted = await scene.post('/api/remediations', { networks: ids });
    expect(accepted.status).toBe(202);
    const location = accepted.headers.get('location') ?? '';
    await eventually(async () => (await scene.networks()).some(({ state }) => state === 'Compliant'));
    await scene.createNetwork('vnet-urgent');
    await untilState(scene, 'vnet-urgent', 'Compliant');
    const left = (await progressOf(location)).networks.filter(({ done }) => !done);
    expect(left.length).toBeGreaterThan(0);

    const done = await eventually(
      async () => {
        const progress = await progressOf(location);
        return progress.state === 'done' && progress;
      },
      () => progressOf(location),
    );
    expect(done.networks.map(({ state }) => state)).toEqual(many.map(() => 'Compliant'));
    const steps = done.networks.flatMap((one) => one.steps.map(({ step, did }) => `${step} ${did}`));
    expect(steps).toContain('ensureFlowLog created');
  });
});
