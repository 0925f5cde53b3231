import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, eventually, openScene, type Scene, untilState } from './support/scene.ts';

type Progress = {
  state: string;
  counts: { networks: number; done: number; cancelled: number };
  continuation: string | null;
  networks: {
    id: string;
    done: boolean;
    cancelled: boolean;
    state: string;
    because: string | null;
    plan: { field: string; before: unknown; after: unknown }[] | null;
    problem: { code: string } | null;
    steps: { step: string; did: string | null; writes: { method: string; requestId: string | null }[] }[];
  }[];
};

describe('remediation by hand', () => {
  let scene: Scene;
  const many = Array.from({ length: 24 }, (_, index) => `vnet-many-${index}`);

  beforeAll(async () => {
    scene = await openScene((policy) => ({ ...policy, mode: 'audit' }));
    await Promise.all(many.map((name) => scene.createNetwork(name, 'westeurope', { team: 'many' })));
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

  const untilDone = (location: string): Promise<Progress> =>
    eventually(
      async () => {
        const progress = await progressOf(location);
        return !['selecting', 'running'].includes(progress.state) && progress;
      },
      () => progressOf(location),
    );
  const locationOf = ({ headers }: Answer) => headers.get('location') ?? '';

  it.each([
    ['ids', async () => ({ networks: (await scene.networks()).map(({ id }) => id) })],
    [
      'a filter',
      async () => ({ filter: { locations: ['West Europe'], states: ['NonCompliant'], drifts: ['noFlowLog'] } }),
    ],
    ['tags', async () => ({ filter: { tags: { Team: 'many' } } })],
  ])('plans a dry run of %s, field by field, and puts nothing to work', async (_, request) => {
    const before = await scene.networks();
    const accepted = await scene.post('/api/remediations', { ...(await request()), dryRun: true });
    expect(accepted.body).toMatchObject({ dryRun: true, mode: 'audit', note: expect.stringContaining('dry run') });
    const { counts, networks } = await untilDone(locationOf(accepted));
    expect(counts).toEqual({ networks: many.length, done: many.length, cancelled: 0 });
    for (const { state, because, plan, steps } of networks) {
      expect([state, because, steps]).toEqual(['NonCompliant', 'audit', []]);
      expect(plan).toContainEqual({ field: 'enabled', before: null, after: true });
      expect(plan).toContainEqual({
        field: 'storageId',
        before: null,
        after: expect.stringContaining('/storageAccounts/stflowlogsweu'),
      });
    }
    expect(await scene.networks()).toEqual(before);
    expect((await scene.requests()).filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  it('takes a request that is sent again under its key for the same one', async () => {
    const [network] = await scene.networks();
    const send = (body: object) => {
      const headers = { 'idempotency-key': 'once-and-for-all' };
      return scene.call('/api/remediations', { method: 'POST', headers, body: JSON.stringify(body) });
    };
    const [first, sameTime] = await Promise.all([send({ networks: [network?.id] }), send({ networks: [network?.id] })]);
    expect(sameTime.body).toEqual(first.body);
    await untilDone(locationOf(first));
    const looked = (await scene.networks()).map(({ checkedAt }) => checkedAt);
    const second = await send({ networks: [network?.id] });
    expect([second.status, second.body]).toEqual([202, first.body]);
    expect((await untilDone(locationOf(second))).state).toBe('done');
    expect((await scene.networks()).map(({ checkedAt }) => checkedAt)).toEqual(looked);
    expect((await send({ networks: [network?.id], dryRun: true })).status).toBe(422);
  });

  it('lists networks a page at a time, each once, and by what is wrong with them', async () => {
    const all = (await scene.networks()).map(({ id }) => id);
    const listed = async (query: string): Promise<string[]> => {
      const ids: string[] = [];
      for (let next: string | null = ''; next !== null; ) {
        const continuation: string = next && `&continuation=${encodeURIComponent(next)}`;
        const { body } = await scene.call(`/api/networks?${query}${continuation}`);
        const page = body as { networks: { id: string }[]; continuation: string | null };
        ids.push(...page.networks.map(({ id }) => id));
        next = page.continuation;
      }
      return ids;
    };
    expect((await listed('top=7')).sort()).toEqual(all.sort());
    expect(await listed('top=7&state=NonCompliant&location=West%20Europe&drift=noFlowLog')).toHaveLength(all.length);
    expect(await listed(`subscription=${scene.subscription.id.toUpperCase()}`)).toHaveLength(all.length);
    for (const other of ['state=Compliant', 'location=uksouth', 'drift=disabled', 'top=3&drift=disabled'])
      expect(await listed(other)).toEqual([]);
  });

  it('takes a thousand ids at once', async () => {
    const { id, resourceGroup } = scene.subscription;
    const networks = Array.from(
      { length: 1000 },
      (_, index) =>
        `/subscriptions/${id}/resourceGroups/${resourceGroup}/providers/Microsoft.Network/virtualNetworks/none-${index}`,
    );
    const accepted = await scene.post('/api/remediations', { networks, dryRun: true });
    expect([accepted.status, accepted.body]).toEqual([202, expect.objectContaining({ networks: 1000 })]);
    const { counts, networks: told } = await untilDone(locationOf(accepted));
    expect(counts).toEqual({ networks: 1000, done: 1000, cancelled: 0 });
    expect(told[0]).toMatchObject({ state: 'Unknown', problem: { code: 'NotInResourceGraph' } });
  });

  it('tells of a page of networks at a time, each once', async () => {
    const ids = (await scene.networks()).map(({ id }) => id);
    const location = locationOf(await scene.post('/api/remediations', { networks: ids, dryRun: true }));
    await untilDone(location);
    const told: string[] = [];
    for (let next: string | null = '0'; next !== null; ) {
      const page: Progress = await progressOf(`${location}?top=7&continuation=${next}`);
      expect(page.networks.length).toBeLessThanOrEqual(7);
      told.push(...page.networks.map(({ id }) => id));
      next = page.continuation;
    }
    expect(told.sort()).toEqual(ids.sort());
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
    for (const { steps } of done.networks) {
      expect(steps.map(({ step, did }) => `${step} ${did}`)).toContain('ensureFlowLog created');
      const writes = steps.flatMap((one) => one.writes);
      expect(writes).toContainEqual(expect.objectContaining({ method: 'PUT', requestId: expect.any(String) }));
    }
  });

  it('cancels what has not begun, and nothing else', async () => {
    const ids = (await scene.networks()).map(({ id }) => id);
    // Each look takes a second, so that most of them are still to come.
    const faults = await Promise.all(
      many.map((name) => scene.fault({ method: 'GET', path: `virtualNetworks/${name}`, delayMs: 1000, times: 0 })),
    );
    const location = locationOf(await scene.post('/api/remediations', { networks: ids }));
    await eventually(
      async () => (await progressOf(location)).counts.done > 0,
      () => progressOf(location),
    );
    const cancelled = await scene.call(location, { method: 'DELETE' });
    expect(cancelled.status).toBe(200);
    await Promise.all(faults.map((heal) => heal()));
    const ended = await untilDone(location);
    expect(ended).toMatchObject({ state: 'cancelled', cancelledAt: expect.any(String), counts: { done: ids.length } });
    expect(ended.counts.cancelled).toBeGreaterThan(0);
    expect(ended.counts.cancelled).toBeLessThan(ids.length);
    // What was being looked at when it was taken back comes to its end, and then is not told as cancelled any more.
    await eventually(async () => {
      const { body } = await scene.durable('instances?runtimeStatus=Running,Pending');
      return Array.isArray(body) && body.length === 0;
    });
    const again = await scene.call(location, { method: 'DELETE' });
    expect((again.body as Progress).counts.done).toBe(ids.length);
    // Whatever was taken back was not looked at after that.
    const cancelledAt = String((again.body as { cancelledAt: string }).cancelledAt);
    const left = (again.body as Progress).networks.filter((one) => one.cancelled).map(({ id }) => id);
    const looked = new Map((await scene.networks()).map(({ id, checkedAt }) => [id, String(checkedAt)]));
    expect(left.filter((id) => (looked.get(id) ?? '') > cancelledAt)).toEqual([]);
  });
});
