import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blobDataContributor } from '../../shared/policy/destinations.ts';
import { requireResourceId, sameId } from '../../shared/resource-id.ts';
import type { PolicyDocument } from './support/bare-estate.ts';
import { eventually, openScene, type Scene, untilState } from './support/scene.ts';
import { sweep } from './support/sweep.ts';

const names = ['vnet-one', 'vnet-two', 'vnet-three'];

describe('a policy that points three compliant networks to another account, where two may change', () => {
  let scene: Scene;
  let document: PolicyDocument;
  let former: string;
  let next: string;
  let etag: string;
  let before: number;

  beforeAll(async () => {
    scene = await openScene((policy) => ({ ...policy, limits: { ...policy.limits, approveAbove: 2 } }));
    document = (await scene.call('/api/policy')).body as PolicyDocument;
    await Promise.all(names.map((name) => scene.createNetwork(name)));
    await Promise.all(names.map((name) => untilState(scene, name, 'Compliant')));
    former = document.rules[0]?.destination.westeurope ?? '';
    next = await otherAccount(scene);
    before = (await scene.requests()).at(-1)?.seq ?? 0;
  });
  afterAll(() => scene.close());

  const put = (westeurope: string, changes: object = {}, headers: Record<string, string> = {}) => {
    const rules = document.rules.map((rule) => ({ ...rule, destination: { ...rule.destination, westeurope } }));
    const body = JSON.stringify({ ...document, rules, ...changes });
    return scene.call('/api/policy', { method: 'PUT', headers, body });
  };
  const logsOf = async () =>
    Promise.all(names.map(async (name) => (await scene.flowLogsOf((await scene.told(name))?.id ?? ''))[0]));
  const pointTo = async (account: string) =>
    (await logsOf()).every((log) => log?.provisioningState === 'Succeeded' && sameId(log.storageId ?? '', account));
  const inForce = async () =>
    ((await scene.call('/api/policy')).body as PolicyDocument).rules[0]?.destination.westeurope;
  const writes = async () =>
    (await scene.requests(before)).filter(({ method }) => method === 'PUT' || method === 'DELETE');

  it('is accepted and waits: it says how many it would change, and what', async () => {
    const { status, headers, body } = await put(next);
    expect(status).toBe(202);
    etag = headers.get('etag') ?? '';
    const waits = { state: 'waits', etag, approveAbove: 2, networks: 3, fields: { storageId: 3, identityId: 3 } };
    expect(body).toMatchObject(waits);
    expect((await scene.call('/api/policy/approval')).body).toMatchObject(waits);
    expect((await scene.call('/api/policy')).headers.get('link')).toContain('/api/policy/approval');
    expect(await inForce()).toBe(former);
  });

  it('changes nothing while it waits, and a new network gets its flow log under the one before', async () => {
    const id = await scene.createNetwork('vnet-new');
    await untilState(scene, 'vnet-new', 'Compliant');
    expect((await scene.flowLogsOf(id))[0]?.storageId?.toLowerCase()).toBe(former.toLowerCase());
    await scene.runFunction('watchdog');
    await eventually(async () => scene.log.some((line) => line.includes('policy waits for approval')));
    await sweep(scene);
    expect(await pointTo(former)).toBe(true);
    expect((await writes()).filter(({ path }) => !path.includes('vnet-new'))).toEqual([]);
  });

  it('is not overwritten by who has not seen it', async () => {
    const seen = (await scene.call('/api/policy')).headers.get('etag') ?? '';
    const [older = ''] = seen.split('~');
    expect((await put(former, {}, { 'if-match': `${older}"` })).status).toBe(412);
    expect((await put(next, {}, { 'if-match': seen })).status).toBe(202);
    etag = ((await scene.call('/api/policy/approval')).body as { etag: string }).etag;
  });

  it('is not in force either where Resource Graph refuses, and is weighed by the watchdog', async () => {
    const busy = { status: 503, code: 'ServiceUnavailable', message: 'Later.', times: 1 };
    await scene.fault({ method: 'POST', path: 'Microsoft.ResourceGraph', ...busy });
    const { status, body } = await put(next);
    expect([status, body]).toMatchObject([202, { state: 'weighing', networks: null }]);
    expect(await inForce()).toBe(former);
    const approval = async () => (await scene.call('/api/policy/approval')).body as { state: string; etag: string };
    etag = (await approval()).etag;
    expect((await scene.post('/api/policy/approve', { etag })).status).toBe(409);
    await scene.runFunction('watchdog');
    await eventually(async () => (await approval()).state === 'waits', approval);
    expect(await approval()).toMatchObject({ etag, networks: 4 });
  });

  it.each([
    ['no version', {}, 400],
    ['another version', { etag: '"0x0"' }, 412],
  ])('is not approved with %s', async (_, body, status) => {
    expect((await scene.post('/api/policy/approve', body)).status).toBe(status);
    expect(await inForce()).toBe(former);
  });

  it('changes them when a person approves it, and no log is gone or disabled on the way', async () => {
    const { status, body } = await scene.post('/api/policy/approve', { etag });
    expect([status, body]).toMatchObject([200, { state: 'inForce', inForce: etag, approved: { by: null } }]);
    const gaps: unknown[] = [];
    await eventually(async () => {
      const logs = await logsOf();
      gaps.push(...logs.filter((log) => !log?.enabled));
      return pointTo(next);
    }, logsOf);
    for (const name of names) await untilState(scene, name, 'Compliant');
    expect(gaps).toEqual([]);
    expect((await writes()).filter(({ method }) => method === 'DELETE')).toEqual([]);
    expect(await inForce()).toBe(next);
    expect((await scene.call('/api/policy')).headers.get('link')).toBeNull();
    expect((await scene.post('/api/policy/approve', { etag })).status).toBe(409);
  });

  it('does not keep a person from stopping everything at once', async () => {
    expect((await put(former)).status).toBe(202);
    expect((await put(former, { mode: 'off' })).status).toBe(200);
    expect((await scene.call('/api/policy')).body).toMatchObject({ mode: 'off' });
    expect((await put(former)).status).toBe(202);
  });
});

/** A storage account of the same region that the app may make a destination: its owner gives it the same right there. */
async function otherAccount(scene: Scene): Promise<string> {
  const [one] = scene.environment().destinations.filter(({ location }) => location === 'westeurope');
  const like = one?.storageAccountId ?? '';
  const { subscriptionId } = requireResourceId(like);
  const { storageAccounts } = scene.operator.storage(subscriptionId);
  const parameters = { location: 'westeurope', kind: 'StorageV2', sku: { name: 'Standard_LRS' } };
  const { id = '' } = await storageAccounts.create('rg-flow-logs', 'stflowlogsnew', parameters);
  const { roleAssignments } = scene.operator.rights(subscriptionId);
  for await (const { scope, roleDefinitionId = '', principalId = '' } of roleAssignments.listForScope(like)) {
    if (!sameId(scope ?? '', like) || roleDefinitionId.endsWith(blobDataContributor)) continue;
    const right = { roleDefinitionId, principalId, principalType: 'ServicePrincipal' };
    await roleAssignments.create(id, randomUUID(), right);
  }
  return id;
}
