import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireResourceId } from '../../shared/resource-id.ts';
import type { PolicyDocument } from './support/bare-estate.ts';
import { changeDestination, destinationOf } from './support/destination-rows.ts';
import { type Answer, eventually, openScene, type Scene, untilState } from './support/scene.ts';
import { sweep } from './support/sweep.ts';

describe('a policy that does not enforce', () => {
  let scene: Scene;
  let document: PolicyDocument;

  beforeAll(async () => {
    scene = await openScene((policy) => ({ ...policy, mode: 'audit' }));
    document = (await scene.call('/api/policy')).body as PolicyDocument;
  });
  afterAll(() => scene.close());

  const put = async (mode: string): Promise<Answer> => {
    const { headers } = await scene.call('/api/policy');
    return scene.call('/api/policy', {
      method: 'PUT',
      headers: { 'if-match': headers.get('etag') ?? '' },
      body: JSON.stringify({ ...document, mode }),
    });
  };
  const writes = async () => (await scene.requests()).filter(({ method }) => method !== 'GET' && method !== 'POST');

  it('plans and writes nothing in audit: no watcher, no identity, no flow log', async () => {
    await scene.createNetwork('vnet-audited', 'uksouth');
    const told = await untilState(scene, 'vnet-audited', 'NonCompliant');
    expect(told).toMatchObject({ because: 'audit', drifts: [{ check: 'noFlowLog' }], action: 'create' });
    expect(await writes()).toEqual([]);
  });

  it('says so, and plans, when a person asks in audit', async () => {
    const told = await scene.told('vnet-audited');
    const { body } = await scene.post('/api/remediations', { networks: [told?.id] });
    const { id } = body as { id: string };
    const progress = await eventually(async () => {
      const { body: now } = await scene.call(`/api/remediations/${id}`);
      return (now as { state: string }).state === 'done' && now;
    });
    expect(progress).toMatchObject({ networks: [{ done: true, state: 'NonCompliant', because: 'audit' }] });
    expect(await writes()).toEqual([]);
  });

  it('tells in audit what would block a destination', async () => {
    const one = scene.environment().destinations.find(({ location }) => location === 'germanywestcentral');
    const { subscriptionId, resourceGroup, names } = requireResourceId(one?.storageAccountId ?? '');
    const account = names[0];
    const closed = { networkRuleSet: { bypass: 'None', defaultAction: 'Deny' } } as const;
    await scene.operator.storage(subscriptionId).storageAccounts.update(resourceGroup, account, closed);
    await eventually(() => destinationOf(scene, account));
    await changeDestination(scene, account, (body) => ({ ...body, checkedAt: null }));
    await sweep(scene);
    const told = await eventually(async () => {
      const { body } = await scene.call('/api/destinations');
      const { destinations } = body as { destinations: { account: string; problem: unknown }[] };
      return destinations.find((destination) => destination.account === account && destination.problem);
    });
    expect(told).toMatchObject({ state: 'idle', problem: { code: 'StorageAccountFirewall', actor: 'owner' } });
    expect(await writes()).toEqual([]);
  });

  it('writes nothing when it is off, and says why', async () => {
    expect((await put('off')).status).toBe(200);
    await scene.createNetwork('vnet-off');
    const told = await eventually(async () => (await scene.told('vnet-off')) ?? false);
    expect(told).toMatchObject({ because: 'off' });
    expect(await writes()).toEqual([]);
  });

  it('takes up what it left, without anything else being done, when it enforces', async () => {
    expect((await put('enforce')).status).toBe(200);
    await untilState(scene, 'vnet-off', 'Compliant');
    await untilState(scene, 'vnet-audited', 'Compliant');
  });

  it('tells in audit that an identity is gone, which it would make again', async () => {
    const [flowLog] = await scene.flowLogsOf((await scene.told('vnet-off'))?.id ?? '');
    const [identityId = ''] = Object.keys(flowLog?.identity?.userAssignedIdentities ?? {});
    expect((await put('audit')).status).toBe(200);
    const { subscriptionId, resourceGroup, names } = requireResourceId(identityId);
    await scene.operator.identities(subscriptionId).userAssignedIdentities.delete(resourceGroup, names[0]);
    const one = scene.environment().destinations.find(({ location }) => location === 'westeurope');
    const account = requireResourceId(one?.storageAccountId ?? '').names[0];
    const seen = async () => (await destinationOf(scene, account))?.warnings.map(({ code }) => code);
    await eventually(async () => (await seen())?.includes('IdentityMissing'), seen);
    await sweep(scene);
    expect(await untilState(scene, 'vnet-off', 'NonCompliant')).toMatchObject({
      drifts: [{ check: 'identityGone', expected: expect.stringMatching(/userAssignedIdentities/), actual: null }],
    });
    expect((await put('enforce')).status).toBe(200);
    await untilState(scene, 'vnet-off', 'Compliant');
  });

  it('leaves exempt and held networks alone, before anything is touched', async () => {
    const before = (await scene.requests()).at(-1)?.seq ?? 0;
    await scene.createNetwork('vnet-exempt', 'westeurope', { 'Flow-Log': 'exempt' });
    await scene.createNetwork('vnet-held', 'westeurope', { 'flowkeeper-hold': '2999-01-01T00:00Z' });
    expect(await untilState(scene, 'vnet-exempt', 'Exempt')).toMatchObject({
      because: 'exempt',
      reason: expect.stringContaining('warehouse'),
    });
    expect(await untilState(scene, 'vnet-held', 'NonCompliant')).toMatchObject({
      because: 'held',
      until: '2999-01-01T00:00:00.000Z',
    });
    expect((await scene.requests(before)).filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  it('refuses a wrong document with every problem and its path, and keeps the last good one', async () => {
    const wrong = {
      ...document,
      mode: 'strict',
      rules: [{ ...document.rules[0], destination: { westeurope: 'somewhere' } }],
    };
    const { status, headers, body } = await scene.call('/api/policy', { method: 'PUT', body: JSON.stringify(wrong) });
    expect([status, headers.get('content-type')]).toEqual([400, 'application/problem+json']);
    expect((body as { problems: { path: string }[] }).problems.map(({ path }) => path).sort()).toEqual([
      'mode',
      'rules[0].destination.westeurope',
    ]);
    expect((await scene.call('/api/policy')).body).toMatchObject({ mode: 'enforce' });
  });

  it('refuses to overwrite what someone else changed', async () => {
    const answer = await scene.call('/api/policy', {
      method: 'PUT',
      headers: { 'if-match': '"0x0"' },
      body: JSON.stringify(document),
    });
    expect(answer.status).toBe(412);
  });
});
