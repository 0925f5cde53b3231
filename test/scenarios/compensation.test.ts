import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nameOf } from '../../shared/resource-id.ts';
import { type Resource, worldCheck } from '../destinations/support/world-check.ts';
import { destinationOf } from './support/destination-rows.ts';
import { eventually, isBlobGrant, openScene, type Scene, untilState } from './support/scene.ts';

const roleAssignmentOf = (account: string) =>
  `storageAccounts/${account}/providers/Microsoft.Authorization/roleAssignments/`;
const refused = {
  code: 'RequestDisallowedByPolicy',
  message: 'Role assignments are not allowed here.',
  status: 403,
  times: 0,
};

let scene: Scene;
let atFirst: readonly Resource[];
beforeAll(async () => {
  scene = await openScene();
  atFirst = await allResources();
});
afterAll(() => scene.close());

async function allResources(): Promise<readonly Resource[]> {
  const answer = await fetch(`${scene.environment().controlUrl}/resources`);
  return (await answer.json()) as readonly Resource[];
}

describe('a destination that fails for good after its identity was made', () => {
  const identities = async () =>
    (await scene.resources('Microsoft.ManagedIdentity/userAssignedIdentities')).map(({ name }) => name);
  const ours = async (account: string) => (await identities()).filter((name) => name?.endsWith(account));
  const assignments = async (account: string) =>
    (await scene.resources('Microsoft.Authorization/roleAssignments')).filter(
      (one) => one.id.includes(account) && isBlobGrant(one),
    );

  it('leaves neither identity nor role assignment, and the network parked with the reason', async () => {
    const switches = { method: 'PUT', body: JSON.stringify({ conditionOnAbsent: 'refuse' }) };
    await fetch(`${scene.environment().controlUrl}/switches`, switches);
    const heal = await scene.fault({ method: 'PUT', path: roleAssignmentOf('stflowlogsuks'), ...refused });
    await scene.createNetwork('vnet-refused', 'uksouth');
    const told = await untilState(scene, 'vnet-refused', 'Blocked');
    expect(told).toMatchObject({
      because: 'parked',
      problem: { code: 'RequestDisallowedByPolicy', runbook: 'docs/runbook.md#requestdisallowedbypolicy' },
    });
    expect(Date.parse(told.until ?? '')).toBeGreaterThan(Date.now());
    expect(await ours('stflowlogsuks')).toEqual([]);
    expect(await assignments('stflowlogsuks')).toEqual([]);
    await heal();
  });

  it('is left alone by another event of the network', async () => {
    const before = (await scene.requests()).at(-1)?.seq ?? 0;
    await scene.createNetwork('vnet-refused', 'uksouth', { touched: 'yes' });
    await scene.createNetwork('vnet-elsewhere', 'northeurope');
    await untilState(scene, 'vnet-elsewhere', 'Compliant');
    const requests = await scene.requests(before);
    expect(requests.filter(({ path }) => /stflowlogsuks|vnet-refused/i.test(path))).toEqual([]);
  });

  it('succeeds when a person asks after the reason is gone', async () => {
    const told = await scene.told('vnet-refused');
    const accepted = await scene.post('/api/remediations', { networks: [told?.id] });
    expect(accepted.status).toBe(202);
    await untilState(scene, 'vnet-refused', 'Compliant');
    expect(await ours('stflowlogsuks')).toHaveLength(1);
    expect(await assignments('stflowlogsuks')).toHaveLength(1);
  });

  it('names what it could not take back', async () => {
    const heal = await scene.fault({ method: 'PUT', path: roleAssignmentOf('stflowlogsgwc'), ...refused });
    const keep = await scene.fault({
      method: 'DELETE',
      path: 'userAssignedIdentities/id-flowkeeper-germanywestcentral',
      ...refused,
    });
    await scene.createNetwork('vnet-leftover', 'germanywestcentral');
    await untilState(scene, 'vnet-leftover', 'Blocked');
    const [line] = scene.log.filter((one) => one.includes('destination settled') && one.includes('stflowlogsgwc'));
    expect(line).toMatch(/leftovers.*id-flowkeeper-germanywestcentral/);
    await heal();
    await keep();
  });

  it('takes a leftover as its own when it is tried again, and publishes it', async () => {
    const told = await scene.told('vnet-leftover');
    await scene.post('/api/remediations', { networks: [told?.id] });
    await untilState(scene, 'vnet-leftover', 'Compliant');
    expect(await ours('stflowlogsgwc')).toHaveLength(1);
  });
});

describe('a destination whose run is terminated between making the identity and publishing', () => {
  it('leaves its intent to the next run, which takes the identity back when it fails', async () => {
    const path = roleAssignmentOf('stflowlogsweu');
    const busy = await scene.fault({
      method: 'PUT',
      path,
      status: 409,
      code: 'AnotherOperationInProgress',
      message: 'Busy.',
      times: 0,
    });
    await scene.createNetwork('vnet-orphaned', 'westeurope');
    const runOf = async (prefix: string) => {
      const { body } = await scene.durable(`instances/?instanceIdPrefix=${prefix}&runtimeStatus=Running`);
      return (body as { instanceId: string }[])[0]?.instanceId;
    };
    const made = async () =>
      (await scene.resources('Microsoft.ManagedIdentity/userAssignedIdentities')).filter(({ id }) =>
        id.includes('stflowlogsweu'),
      );
    await eventually(
      async () =>
        (await made()).length === 1 &&
        (await scene.requests()).some(({ method, path: one }) => method === 'PUT' && one.includes(path)),
    );
    const run = await runOf('destination-stflowlogsweu');
    const terminated = await scene.durable(`instances/${run}/terminate?reason=test`, { method: 'POST' });
    expect(terminated.status).toBe(202);
    await busy();
    expect(await made()).toHaveLength(1);

    await scene.fault({ method: 'PUT', path, ...refused });
    await eventually(async () => {
      const { body } = await scene.durable(`instances/${run}`);
      return JSON.stringify(body).includes('Terminated');
    });
    await scene.runFunction('watchdog');
    await untilState(scene, 'vnet-orphaned', 'Blocked');
    expect(await made()).toEqual([]);
  });
});

describe('a flow log whose update fails', () => {
  it('is tried again while Azure may mend it, and then is compliant', async () => {
    await scene.fault({
      method: 'PUT',
      path: 'flowLogs/vnet-busy',
      status: 429,
      code: 'RetryableError',
      message: 'Later.',
      retryAfterSeconds: 1,
      times: 1,
    });
    await scene.fault({
      method: 'PUT',
      path: 'flowLogs/vnet-busy',
      times: 1,
      operation: { code: 'InternalServerError', message: 'An error occurred.' },
    });
    const id = await scene.createNetwork('vnet-busy', 'northeurope');
    await untilState(scene, 'vnet-busy', 'Compliant');
    expect(await scene.flowLogsOf(id)).toHaveLength(1);
  });

  it('is not written again where only the question about its operation was refused', async () => {
    const operations = 'locations/northeurope/operations/';
    await scene.fault({
      method: 'GET',
      path: operations,
      status: 503,
      code: 'ServerBusy',
      message: 'Later.',
      times: 2,
    });
    const before = (await scene.requests()).at(-1)?.seq ?? 0;
    await scene.createNetwork('vnet-asked', 'northeurope');
    await untilState(scene, 'vnet-asked', 'Compliant');
    const puts = (await scene.requests(before)).filter(
      ({ method, path }) => method === 'PUT' && path.includes('vnet-asked'),
    );
    expect(puts).toHaveLength(1);
  });

  it('does not make a second log where the answer to the first was lost', async () => {
    await scene.fault({ method: 'PUT', path: 'flowLogs/vnet-lost', effect: 'after', times: 1 });
    const id = await scene.createNetwork('vnet-lost', 'northeurope');
    await untilState(scene, 'vnet-lost', 'Compliant');
    expect(await scene.flowLogsOf(id)).toHaveLength(1);
  });

  it('is parked with the reason where a person must act, and the network stays told as it is', async () => {
    await scene.fault({ method: 'PUT', path: 'flowLogs/vnet-denied', ...refused });
    await scene.createNetwork('vnet-denied', 'northeurope');
    const told = await untilState(scene, 'vnet-denied', 'Blocked');
    expect(told).toMatchObject({
      because: 'parked',
      drifts: [{ check: 'noFlowLog' }],
      problem: { code: 'RequestDisallowedByPolicy' },
      leftovers: [],
    });
  });

  it('leaves the network unknown, and writes nothing, where it could not even be read', async () => {
    const { id } = await untilState(scene, 'vnet-busy', 'Compliant');
    const path = 'virtualNetworks/vnet-busy';
    await scene.fault({ method: 'GET', path, status: 403, code: 'AuthorizationFailed', message: 'No.', times: 0 });
    const before = (await scene.requests()).at(-1)?.seq ?? 0;
    await scene.post('/api/remediations', { networks: [id] });
    const told = await untilState(scene, 'vnet-busy', 'Unknown');
    expect(told).toMatchObject({ because: 'parked', problem: { code: 'AuthorizationFailed' } });
    expect((await scene.requests(before)).filter(({ method }) => method === 'PUT' || method === 'DELETE')).toEqual([]);
  });
});

describe('a subscription that Azure throttles', () => {
  it('is left alone to the second, is not lost, and slows no other', async () => {
    const [, throttled] = scene.environment().subscriptions;
    if (!throttled) throw new Error('The example estate has two subscriptions.');
    const { virtualNetworks } = scene.operator.network(throttled.id);
    const body = { location: 'northeurope', addressSpace: { addressPrefixes: ['10.8.0.0/16'] } };
    const { id: slow = '' } = await virtualNetworks.createOrUpdate(throttled.resourceGroup, 'vnet-throttled', body);
    await untilState(scene, 'vnet-throttled', 'Compliant');
    const quick = (await scene.told('vnet-elsewhere'))?.id ?? '';

    const before = (await scene.requests()).at(-1)?.seq ?? 0;
    const seconds = 3;
    const tooMany = { status: 429, code: 'TooManyRequests', message: 'Later.', retryAfterSeconds: seconds, times: 0 };
    const heal = await scene.fault({ method: 'GET', path: `^/subscriptions/${throttled.id}/`, ...tooMany });
    const { body: accepted } = await scene.post('/api/remediations', { networks: [slow, quick] });
    const done = async () => {
      const { body: now } = await scene.call(`/api/remediations/${(accepted as { id: string }).id}`);
      return (now as { networks: { id: string; done: boolean }[] }).networks.filter((one) => one.done);
    };
    await eventually(async () => (await done()).length === 1, done);
    expect((await done())[0]?.id).toBe(quick);
    const asked = async () => (await scene.requests(before)).filter(({ path }) => path.includes(throttled.id));
    await eventually(async () => (await asked()).length > 1, asked);
    await heal();
    await eventually(async () => (await done()).length === 2, done);

    const [refusal, next] = await asked();
    const waited = (Date.parse(String(next?.at)) - Date.parse(String(refusal?.at))) / 1000;
    expect(refusal?.status).toBe(429);
    expect(waited).toBeGreaterThanOrEqual(seconds);
  });
});

it('nothing foreign was changed by all of this, and nothing of ours is there untold', async () => {
  const accounts = scene.environment().destinations.map(({ storageAccountId }) => nameOf(storageAccountId));
  const bodies = await Promise.all(accounts.map((account) => destinationOf(scene, account)));
  const told = { networks: await scene.networks(), destinations: bodies.filter((body) => body !== null) };
  expect(worldCheck(atFirst, await allResources(), told)).toEqual([]);
});
