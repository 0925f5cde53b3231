import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { principalHeader } from './support/principal.ts';
import { type Answer, eventually, openScene, type Scene, untilState } from './support/scene.ts';

const formula = '=HYPERLINK("https://evil.example";"click, ""now""")';
type Change = {
  kind: string;
  reason: string;
  at: string;
  by: string | null;
  before: object | null;
  after: object | null;
};

describe('what an auditor asks for', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene((policy) => ({
      ...policy,
      exemptions: [{ reason: formula, tag: { name: 'exempt' } }],
    }));
    await scene.createNetwork('vnet-kept');
    await scene.createNetwork('vnet-left', 'westeurope', { exempt: 'yes' });
    await untilState(scene, 'vnet-kept', 'Compliant');
    await untilState(scene, 'vnet-left', 'Exempt');
  });
  afterAll(() => scene.close());

  const path = (name: string) => `/api/networks/${scene.subscription.id}/${scene.subscription.resourceGroup}/${name}`;
  const historyOf = async (name: string) => (await scene.call(path(name))).body as { history: Change[] };

  it('tells of one network whatever the case of its address, and of everything that was ever changed for it', async () => {
    const { body } = await scene.call(path('VNET-KEPT').toUpperCase().replace('/API/NETWORKS', '/api/networks'));
    expect(body).toMatchObject({
      name: 'vnet-kept',
      state: 'Compliant',
      plan: null,
      logging: { enabled: true, trafficAnalytics: false },
      history: [
        {
          kind: 'changed',
          reason: 'event',
          before: null,
          after: { enabled: true },
          writes: [{ method: 'PUT', requestId: expect.any(String), correlationId: expect.any(String) }],
        },
        // The first time it had to wait for its destination.
        { kind: 'intended', before: null, after: { enabled: true } },
        { kind: 'intended', before: null, after: { enabled: true } },
      ],
    });
  });

  it('names by its object id who disabled a log, and keeps that beside what was there before', async () => {
    const { id } = await untilState(scene, 'vnet-kept', 'Compliant');
    const [flowLog] = await scene.flowLogsOf(id);
    await scene.writeFlowLog(flowLog?.id ?? '', { enabled: false });
    const change = await eventually(async () =>
      (await historyOf('vnet-kept')).history.find(({ kind, before }) => kind === 'changed' && before),
    );
    expect(change).toMatchObject({
      by: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      before: { enabled: false },
      after: { enabled: true },
    });
  });

  it('believes no header that says who calls, where the platform does not say so', async () => {
    const { id } = await untilState(scene, 'vnet-kept', 'Compliant');
    const headers = principalHeader('11111111-2222-4333-8444-555555555555', ['Operator']);
    const init = { method: 'POST', headers, body: JSON.stringify({ networks: [id], dryRun: true }) };
    const { headers: answered } = await scene.call('/api/remediations', init);
    expect((await scene.call(answered.get('location') ?? '')).body).toMatchObject({ by: null });
  });

  it('has every change, a page at a time or as CSV, and only those of a time where one is named', async () => {
    const all: Change[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const page: Answer = await scene.call(`/api/changes?top=2${next && `&continuation=${encodeURIComponent(next)}`}`);
      const { changes, continuation } = page.body as { changes: Change[]; continuation: string | null };
      all.push(...changes);
      next = continuation;
    }
    const kinds = all.map(({ kind }) => kind);
    // Three of the flow log (the first time it had to wait), and of its destination an identity and a role assignment.
    expect(kinds.filter((kind) => kind === 'intended')).toHaveLength(5);
    // Two of the flow log, those of its destination, and the policy itself.
    expect(kinds.filter((kind) => kind === 'changed')).toHaveLength(5);

    // The owner who made the network is who an identity and a role assignment were made for.
    const made = all.filter(({ reason }) => /^ensure(Identity|RoleAssignment) created$/.test(reason));
    const [owner] = all.filter(({ kind, before }) => kind === 'changed' && before).map(({ by }) => by);
    expect(made.map(({ kind, by }) => `${kind} ${by}`).sort()).toEqual(
      ['changed', 'changed', 'intended', 'intended'].map((kind) => `${kind} ${owner}`),
    );

    const times = all.map(({ at }) => at).sort();
    const csv = await scene.call('/api/changes', { headers: { accept: 'text/csv' } });
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="flowkeeper-changes.csv"');
    const lines = String(csv.body).trimEnd().split('\r\n').slice(1);
    expect(lines.map((line) => line.split(',')[0])).toEqual(times);

    const since = times[2] ?? '';
    const late = (await scene.call(`/api/changes?since=${since}`)).body as { changes: Change[] };
    expect(late.changes.map(({ at }) => at).sort()).toEqual(times.filter((at) => at >= since));
  });

  it('sums the estate up, and says which of Azure Policy about flow logs it meets', async () => {
    await untilState(scene, 'vnet-kept', 'Compliant');
    const { body } = await scene.call('/api/report');
    expect(body).toMatchObject({
      policy: { mode: 'enforce' },
      networks: 2,
      states: { Compliant: 1, Exempt: 1 },
      attention: [],
      attentionLeftOut: 0,
    });
    const { azurePolicies, azureInitiatives } = body as Record<string, { id: string; isMet: boolean }[]>;
    const met = (some: { id: string; isMet: boolean }[] = []) =>
      some.filter(({ isMet }) => isMet).map(({ id }) => id.slice(0, 8));
    expect(met(azurePolicies)).toEqual(['4c3c6c5f', '27960feb', 'cd6f7aff']);
    expect(met(azureInitiatives)).toEqual(['06f19060', 'e0782c37', '97a6d4f1']);
  });

  it('lists every network as CSV, in which nothing is a formula', async () => {
    const { headers, body } = await scene.call('/api/report?format=csv');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-encoding')).toBe('gzip');
    const whole = await scene.call('/api/report?format=csv', { headers: { 'accept-encoding': 'identity' } });
    expect([whole.headers.get('content-encoding'), whole.body]).toEqual([null, body]);
    const lines = String(body).split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]?.split(',').slice(0, 6)).toEqual([
      'id',
      'name',
      'subscriptionId',
      'resourceGroup',
      'location',
      'state',
    ]);
    expect(lines.find((line) => line.includes('vnet-left'))).toContain(`"'${formula.replaceAll('"', '""')}"`);
  });

  it('shows the policy that a change names, also after it was replaced', async () => {
    const stated = await scene.call('/api/policy');
    const { history } = (await scene.call(path('vnet-kept'))).body as { history: { policyHash: string }[] };
    const version = `/api/policy/versions/${history[0]?.policyHash}`;
    const headers = { 'if-match': stated.headers.get('etag') ?? '' };
    const replaced = JSON.stringify({ ...(stated.body as object), limits: { settleSeconds: 0 } });
    expect((await scene.call('/api/policy', { method: 'PUT', body: replaced, headers })).status).toBe(200);
    expect(await scene.call(version)).toMatchObject({ status: 200, body: stated.body });
    expect((await scene.call('/api/policy/versions/00000000-0000')).status).toBe(404);
    expect((await scene.call('/api/policy/versions/..%2Fpolicy')).status).toBe(400);
  });

  it('says that it is healthy, and of what it does', async () => {
    const health = await eventually(async () => {
      const { status, body } = await scene.call('/api/health');
      return status === 200 && (body as { sweep: object | null }).sweep && body;
    });
    const { hash } = ((await scene.call('/api/report')).body as { policy: { hash: string } }).policy;
    expect(health).toMatchObject({
      status: 'healthy',
      policy: { hash, mode: 'enforce' },
      inbox: { parked: 0, isWhole: true },
      sweep: { ageSeconds: expect.any(Number) },
      deadLetters: null,
    });
  });

  it('says 503 while Resource Graph fails, asks it once for all who ask, and nothing of a secret', async () => {
    const heal = await scene.fault({
      method: 'POST',
      path: 'Microsoft.ResourceGraph/resources',
      status: 403,
      code: 'AuthorizationFailed',
      message: 'The client with object id a-secret has not the right.',
      times: 0,
    });
    const health = await eventually(async () => {
      const { status, body } = await scene.call('/api/health');
      return status === 503 && body;
    });
    expect(health).toMatchObject({
      status: 'unhealthy',
      checks: {
        storage: { status: 'ok' },
        armToken: { status: 'ok' },
        resourceGraph: { status: 'failed', detail: 'Resource Graph answered AuthorizationFailed.' },
      },
    });
    expect(JSON.stringify(health)).not.toContain('a-secret');
    const before = (await scene.requests()).length;
    await Promise.all(Array.from({ length: 20 }, () => scene.call('/api/health')));
    expect((await scene.requests()).length - before).toBeLessThanOrEqual(1);
    await heal();
  });
});
