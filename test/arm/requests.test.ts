import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, control, createClient, tokenOf } from './support/client.ts';
import { group, network, owner, storage, subscriptionId, tenantId } from './support/estate.ts';
import { type Simulator, startSimulator } from './support/simulator.ts';

let simulator: Simulator;
let client: Client;

beforeAll(async () => {
  simulator = await startSimulator({ args: ['--time-scale', '0.02'] });
  client = createClient(simulator);
});

afterAll(() => simulator.stop());

const ask = (headers: Record<string, string>) =>
  fetch(`${simulator.armEndpoint}${group}?api-version=2024-03-01`, { headers }).then(async (response) => ({
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    body: await response.json(),
  }));

test('a request without a token is asked for one', async () => {
  const answer = await ask({});
  expect(answer).toMatchObject({ status: 401, body: { error: { code: 'AuthenticationFailed' } } });
  expect(answer.challenge).toContain('Bearer');
});

test('tokens count for the public audience, with and without slash, for the classic one and for the endpoint itself', async () => {
  for (const audience of [
    'https://management.azure.com',
    'https://management.azure.com/',
    'https://management.core.windows.net/',
    simulator.armEndpoint,
  ]) {
    const token = await tokenOf(simulator, owner.clientId, audience);
    expect((await ask({ authorization: `Bearer ${token}` })).status).toBe(200);
  }
});

test('a token for something else, or from someone else, is refused', async () => {
  const vault = await tokenOf(simulator, owner.clientId, 'https://vault.azure.net');
  expect(await ask({ authorization: `Bearer ${vault}` })).toMatchObject({
    status: 401,
    body: { error: { code: 'InvalidAuthenticationTokenAudience' } },
  });
  const forged = await new SignJWT({ oid: owner.principalId, appid: owner.clientId })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(`https://sts.windows.net/${tenantId}/`)
    .setAudience('https://management.azure.com')
    .setExpirationTime('1h')
    .sign(new Uint8Array(32));
  expect(await ask({ authorization: `Bearer ${forged}` })).toMatchObject({
    status: 401,
    body: { error: { code: 'InvalidAuthenticationToken' } },
  });
});

test('the identity endpoint gives nothing without its header, nor for an unknown identity', async () => {
  const query = 'resource=https://management.azure.com&api-version=2019-08-01';
  const status = async (tail: string, headers: Record<string, string>) =>
    (await fetch(`${simulator.identityEndpoint}?${query}${tail}`, { headers })).status;
  const header = { 'X-IDENTITY-HEADER': simulator.identityHeader };
  expect(await status(`&client_id=${owner.clientId}`, {})).toBe(401);
  expect(await status('&client_id=00000000-0000-4000-8000-000000000000', header)).toBe(400);
  expect(await status('', header)).toBe(400);
  expect(await status(`&client_id=${owner.clientId}`, header)).toBe(200);
});

test('the api-version is required, and has to be one of the type', async () => {
  const url = (query: string) => `${simulator.armEndpoint}${network('vnet-a')}${query}`;
  expect(await client.send('GET', url(''))).toMatchObject({ status: 400, code: 'MissingApiVersionParameter' });
  expect(await client.send('GET', url('?api-version=2099-01-01'))).toMatchObject({
    status: 400,
    code: 'NoRegisteredProviderFound',
  });
  expect((await client.send('GET', url('?api-version=2024-01-01'))).status).toBe(200);
});

test("what does not exist is told in the words of ARM's gateway, without rate limit headers", async () => {
  const answer = await client.get(network('vnet-none'));
  expect(answer).toMatchObject({
    status: 404,
    body: {
      error: {
        code: 'ResourceNotFound',
        message:
          "The Resource 'Microsoft.Network/virtualNetworks/vnet-none' under resource group 'rg-network' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
      },
    },
  });
  expect(answer.headers.get('x-ms-failure-cause')).toBe('gateway');
  expect(answer.headers.get('x-ms-ratelimit-remaining-subscription-reads')).toBeNull();
  expect(await client.get('/subscriptions/66666666-0000-4000-8000-000000000001/resourceGroups')).toMatchObject({
    status: 403,
  });
  expect(await client.get(`${group}/providers/Microsoft.Unknown/things/x`)).toMatchObject({
    status: 404,
    code: 'InvalidResourceType',
  });
  expect(await client.send('POST', network('vnet-a'))).toMatchObject({ status: 405, code: 'MethodNotAllowed' });
});

test('answers carry the ids that support asks for, and what is left of the rate limit', async () => {
  const headers = {
    'x-ms-client-request-id': 'mine',
    'x-ms-return-client-request-id': 'true',
    'x-ms-correlation-request-id': 'joined',
  };
  const answer = await client.send('GET', network('vnet-a'), undefined, headers);
  expect(answer.headers.get('x-ms-client-request-id')).toBe('mine');
  expect(answer.headers.get('x-ms-correlation-request-id')).toBe('joined');
  expect(answer.headers.get('x-ms-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(Number(answer.headers.get('x-ms-ratelimit-remaining-subscription-reads'))).toBeLessThan(250);
  expect(Number(answer.headers.get('x-ms-ratelimit-remaining-subscription-global-reads'))).toBeLessThan(3750);
});

test('subscriptions are listed as far as the caller may read them, in their own flat form', async () => {
  const { body } = await client.get('/subscriptions');
  expect(body.value).toHaveLength(2);
  expect((await client.get(`/subscriptions/${subscriptionId}`)).body).toMatchObject({
    subscriptionId,
    displayName: 'sub-one',
    state: 'Enabled',
    tenantId,
  });
});

test("a lock forbids what it says, with ARM's text, until it is gone", async () => {
  const lock = `${storage('stwest')}/providers/Microsoft.Authorization/locks/keep`;
  await client.put(lock, { properties: { level: 'CanNotDelete' } });
  expect(await client.send('DELETE', storage('stwest'))).toMatchObject({ status: 409, code: 'ScopeLocked' });
  expect((await client.send('PATCH', storage('stwest'), { tags: { a: 'b' } })).status).toBe(200);
  expect(await client.send('DELETE', group)).toMatchObject({ status: 409, code: 'ScopeLocked' });
  await client.put(lock, { properties: { level: 'ReadOnly' } });
  expect(await client.send('PATCH', storage('stwest'), { tags: {} })).toMatchObject({
    status: 409,
    code: 'ScopeLocked',
  });
  expect((await client.send('PATCH', storage('stnorth'), { tags: {} })).status).toBe(200);
  expect((await client.send('DELETE', lock)).status).toBe(200);
  expect((await client.send('PATCH', storage('stwest'), { tags: {} })).status).toBe(200);
});

test("a storage account's name is taken in all of Azure", async () => {
  const elsewhere = storage('stwest').replace('rg-network', 'NetworkWatcherRG');
  const answer = await client.send('PUT', elsewhere, {
    location: 'westeurope',
    sku: { name: 'Standard_LRS' },
    kind: 'StorageV2',
  });
  expect(answer).toMatchObject({ status: 409, code: 'StorageAccountAlreadyTaken' });
});

// Last, because it empties a bucket.
test('who asks too often is told to wait', async () => {
  const body = { location: 'westeurope', properties: {} };
  const deletes = await Promise.all(Array.from({ length: 400 }, () => client.send('DELETE', network('vnet-none'))));
  const refused = deletes.find(({ status }) => status === 429);
  expect(refused).toMatchObject({ code: 'SubscriptionRequestsThrottled' });
  expect(refused?.headers.get('retry-after')).toBe('1');
  expect((await client.send('PUT', network('vnet-other-bucket'), body)).status).toBe(201);
  await control(simulator, 'PUT', '/switches', { throttling: 'off' });
  expect((await client.send('DELETE', network('vnet-none'))).status).toBe(204);
  await control(simulator, 'PUT', '/switches', { throttling: 'on' });
});
