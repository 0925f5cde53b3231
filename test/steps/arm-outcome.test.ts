import { RestError } from '@azure/core-rest-pipeline';
import { describe, expect, test } from 'vitest';
import { type ArmClients, withCorrelation } from '../../shared/azure/arm-clients.ts';
import { type ArmOutcome, arm, armFind } from '../../shared/azure/arm-outcome.ts';
import { beginOperation, pollOperation } from '../../shared/azure/long-running.ts';
import { principalId, subscriptionId } from '../decide/support/samples.ts';
import { endpoint, type FakeAnswer, fakeAzure, refusal } from './support/fake-azure.ts';

/** One read by an SDK of each family: their errors come out of different places. */
const families: readonly { family: string; read: (clients: ArmClients) => Promise<unknown> }[] = [
  { family: 'TypeSpec (arm-network)', read: ({ network }) => network(subscriptionId).virtualNetworks.get('rg', 'v') },
  {
    family: 'AutoRest (arm-msi)',
    read: ({ identity }) => identity(subscriptionId).userAssignedIdentities.get('rg', 'i'),
  },
];

describe.each(families)('a read by an SDK of the family $family', ({ read }) => {
  const outcome = (answer: FakeAnswer | Error) => arm(() => read(fakeAzure(() => answer).clients));
  const errorOf = async (answer: FakeAnswer | Error) => refused(await outcome(answer));

  test('gives the value and the status', async () => {
    expect(await outcome({ status: 200, body: { id: 'x' } })).toMatchObject({
      ok: true,
      status: 200,
      value: { id: 'x' },
    });
  });

  test('refused, gives status, code, message and request id', async () => {
    expect(await errorOf(refusal(403, 'AuthorizationFailed', { 'x-ms-request-id': 'r-1' }))).toEqual({
      status: 403,
      code: 'AuthorizationFailed',
      innerCodes: [],
      message: 'AuthorizationFailed happened.',
      retryAfterSeconds: null,
      requestId: 'r-1',
    });
  });

  test('gives the codes of the details, which say more', async () => {
    const details = [{ code: 'ScopeLocked' }, { message: 'no code' }, { code: '' }, 'text', { code: 'Other' }];
    const body = { error: { code: 'RetryableError', message: 'm', details } };
    expect(await errorOf({ status: 429, body })).toMatchObject({ innerCodes: ['ScopeLocked', 'Other'] });
  });

  test.each([
    {
      what: 'without the envelope',
      answer: { status: 409, body: { code: 'Conflict', message: 'm' } },
      code: 'Conflict',
    },
    { what: 'in a header only', answer: { status: 409, headers: { 'x-ms-error-code': 'Busy' } }, code: 'Busy' },
    { what: 'not at all', answer: { status: 502, body: '<html>Bad gateway</html>' }, code: '502' },
    { what: 'as a number', answer: { status: 500, body: { error: { code: 7 } } }, code: '500' },
  ])('finds the code that is told $what', async ({ answer, code }) => {
    expect(await errorOf(answer)).toMatchObject({ status: answer.status, code });
  });

  const date = 'Mon, 23 Nov 2026 09:00:00 GMT';
  test.each([
    { headers: { 'retry-after': '17' }, seconds: 17 },
    { headers: { 'retry-after': '0' }, seconds: 0 },
    { headers: { 'retry-after': 'Mon, 23 Nov 2026 09:01:30 GMT', date }, seconds: 90 },
    { headers: { 'retry-after': 'Mon, 23 Nov 2026 08:00:00 GMT', date }, seconds: 0 },
    { headers: { 'retry-after': 'soon', date }, seconds: null },
    { headers: {}, seconds: null },
  ])('reads Retry-After $headers as $seconds', async ({ headers, seconds }) => {
    expect((await errorOf(refusal(429, 'TooManyRequests', headers))).retryAfterSeconds).toBe(seconds);
  });

  const find = (answer: FakeAnswer) => armFind(() => read(fakeAzure(() => answer).clients));
  const absences = ['ResourceNotFound', 'ResourceGroupNotFound', 'ParentResourceNotFound', 'NotFound'];

  test.each([...absences, 'RoleAssignmentNotFound'])('takes a 404 of %s for null', async (code) => {
    expect(await find(refusal(404, code))).toMatchObject({ ok: true, value: null });
  });

  test.each([
    { what: 'a subscription that is unknown', answer: refusal(404, 'SubscriptionNotFound') },
    { what: "a proxy's page", answer: { status: 404, body: '<html>Not here</html>' } },
    { what: 'a refusal of another status', answer: refusal(403, 'ResourceNotFound') },
  ])('takes $what for no proof of absence', async ({ answer }) => {
    expect(await find(answer)).toMatchObject({ ok: false, error: { status: answer.status } });
  });

  test('is sent once: the waiting is for durable timers', async () => {
    const azure = fakeAzure(() => refusal(503, 'ServerBusy', { 'retry-after': '0' }));
    await arm(() => read(azure.clients));
    expect(azure.sent).toHaveLength(1);
  });

  test('without any answer has status 0', async () => {
    expect(await errorOf(new RestError('socket hang up', { code: 'ECONNRESET' }))).toEqual({
      status: 0,
      code: 'ECONNRESET',
      innerCodes: [],
      message: 'socket hang up',
      retryAfterSeconds: null,
      requestId: null,
    });
  });

  test('carries the correlation id of the work that it is done for', async () => {
    const azure = fakeAzure(() => ({ status: 200, body: {} }));
    await withCorrelation('c-1', () => read(azure.clients));
    await read(azure.clients);
    expect(azure.sent.map(({ headers }) => headers['x-ms-client-request-id'])).toEqual([
      'c-1',
      expect.not.stringMatching(/^c-1$/),
    ]);
  });
});

test('a bug is thrown, not told as a refusal', async () => {
  await expect(arm(() => Promise.reject(new TypeError('undefined is no function')))).rejects.toThrow(TypeError);
});

test('two calls at once keep their answers apart', async () => {
  const azure = fakeAzure(({ path }) => refusal(409, path.endsWith('/a') ? 'CodeOfA' : 'CodeOfB'));
  const read = (name: string) => arm(() => azure.clients.network(subscriptionId).virtualNetworks.get('rg', name));
  const outcomes = await Promise.all([read('a'), read('b'), read('a')]);
  expect(outcomes.map((outcome) => refused(outcome).code)).toEqual(['CodeOfA', 'CodeOfB', 'CodeOfA']);
});

describe('a long-running operation', () => {
  const operationUrl = `${endpoint}/subscriptions/${subscriptionId}/operations/1?api-version=x`;
  const accepted = (url: string): FakeAnswer => ({
    status: 201,
    headers: { 'azure-asyncoperation': url, 'retry-after': '10' },
    body: { id: 'f', properties: { provisioningState: 'Updating' } },
  });
  const begin = (clients: ArmClients) =>
    beginOperation(() =>
      clients.network(subscriptionId).flowLogs.createOrUpdate('rg', 'w', 'f', { location: 'westeurope' }),
    );

  async function poll(answers: (path: string) => FakeAnswer, url = operationUrl) {
    const azure = fakeAzure(({ method, path }) => (method === 'PUT' ? accepted(url) : answers(path)));
    const begun = await begin(azure.clients);
    if (!begun.ok || begun.value.done) throw new Error('It has not begun.');
    const client = azure.clients.network(subscriptionId);
    const { state, afterSeconds } = begun.value;
    return { azure, afterSeconds, polled: pollOperation(client, state, client.flowLogs.createOrUpdate) };
  }

  test('is begun by one request, and waits as long as Azure says', async () => {
    const { azure, afterSeconds, polled } = await poll(() => ({ status: 200, body: { status: 'InProgress' } }));
    await polled;
    expect(afterSeconds).toBe(10);
    expect(azure.sent.map(({ method }) => method)).toEqual(['PUT', 'GET']);
  });

  test('is polled by one request, and gives its state again while it runs', async () => {
    const headers = { 'retry-after': '4' };
    const { polled } = await poll(() => ({ status: 200, headers, body: { status: 'InProgress' } }));
    expect(await polled).toMatchObject({
      ok: true,
      value: { done: false, afterSeconds: 4, state: expect.any(String) },
    });
  });

  test('has the final GET as its result', async () => {
    const { polled } = await poll((path) =>
      path.includes('/operations/')
        ? { status: 200, body: { status: 'Succeeded' } }
        : { status: 200, body: { id: 'f', properties: { provisioningState: 'Succeeded', enabled: true } } },
    );
    expect(await polled).toMatchObject({ ok: true, value: { done: true, result: { id: 'f', enabled: true } } });
  });

  test('that failed gives the code and the details in its body, though Azure answered 200', async () => {
    const error = { code: 'RetryableError', message: 'Busy.', details: [{ code: 'ReferencedResourceNotProvisioned' }] };
    const { polled } = await poll(() => ({ status: 200, body: { status: 'Failed', error } }));
    expect(refused(await polled)).toMatchObject({
      status: 200,
      code: 'RetryableError',
      innerCodes: ['ReferencedResourceNotProvisioned'],
      message: 'Busy.',
    });
  });

  test('that is over with the first answer and failed is a refusal too', async () => {
    const body = { id: 'f', properties: { provisioningState: 'Failed' } };
    expect(refused(await begin(fakeAzure(() => ({ status: 200, body })).clients))).toMatchObject({ status: 200 });
  });

  test('goes on where only the question about it was refused for now', async () => {
    const { polled } = await poll(() => refusal(429, 'TooManyRequests', { 'retry-after': '9' }));
    expect(await polled).toMatchObject({ ok: true, value: { done: false, afterSeconds: 9 } });
  });

  test('that nobody knows any more gives that refusal', async () => {
    const { polled } = await poll(() => refusal(404, 'OperationNotFound', {}));
    expect(refused(await polled)).toMatchObject({ status: 404, code: 'OperationNotFound' });
  });

  test.each([
    { what: 'a foreign host', url: 'https://evil.test/operations/1' },
    { what: 'a host that only ends alike', url: 'https://evilmanagement.test/operations/1' },
    { what: 'a port of its own', url: `${endpoint}:444/operations/1` },
    { what: 'plain HTTP', url: operationUrl.replace('https:', 'http:') },
  ])('sends no token to $what', async ({ url }) => {
    const { azure, polled } = await poll(() => ({ status: 200, body: { status: 'InProgress' } }), url);
    await expect(polled).rejects.toThrow(/token/i);
    expect(azure.sent.map(({ method }) => method)).toEqual(['PUT']);
  });

  test('may be polled at a regional host of ARM', async () => {
    const url = 'https://westeurope.management.test/operations/1';
    const { azure, polled } = await poll(() => ({ status: 200, body: { status: 'InProgress' } }), url);
    expect((await polled).ok).toBe(true);
    expect(azure.sent[1]).toMatchObject({
      url: expect.stringContaining(url),
      headers: { authorization: 'Bearer a-token' },
    });
  });
});

test('a page at a foreign host is refused as what it is, not as the page before it', async () => {
  const azure = fakeAzure(() => ({ status: 200, body: { value: [], nextLink: 'https://evil.test/page2' } }));
  const { roleAssignments } = azure.clients.authorization(subscriptionId);
  const scope = `/subscriptions/${subscriptionId}`;
  const list = arm(() =>
    Array.fromAsync(roleAssignments.listForScope(scope, { filter: `principalId eq '${principalId}'` })),
  );
  await expect(list).rejects.toThrow(/Refused to send a token to evil\.test/);
  expect(azure.sent).toHaveLength(1);
});

function refused(outcome: ArmOutcome<unknown>) {
  if (outcome.ok) throw new Error('It was not refused.');
  return outcome.error;
}
