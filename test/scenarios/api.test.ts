import { request as httpRequest } from 'node:http';
import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operations } from '../../functions/api/operations.ts';
import { checkAnswer } from './support/api-contract.ts';
import { examplePolicy } from './support/bare-estate.ts';
import { type Malformed, malformed } from './support/malformed.ts';
import { principalHeader } from './support/principal.ts';
import { type Answer, eventually, openScene, type Scene } from './support/scene.ts';

type Refusal = { detail?: string; problems?: { path: string; message: string }[] };

const operatorId = '11111111-2222-4333-8444-555555555555';
const operator = principalHeader(operatorId, ['Operator']);
const outside = '99999999-9999-4999-8999-999999999999';
const scope = { subscriptions: { exclude: [outside] } };
const policy = JSON.stringify({ ...examplePolicy(), mode: 'audit', scope });

describe('the API where Entra ID is asked', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene(null, { appSettings: { WEBSITE_AUTH_ENABLED: 'True' } });
    const put = await scene.call('/api/policy', { method: 'PUT', headers: operator, body: policy });
    expect(put.status).toBe(201);
    await eventually(async () => scene.log.some((line) => line.includes('sweep finished')));
  });
  afterAll(() => scene.close());

  describe.each([
    ['nobody', {}, 401, 401],
    ['somebody without a role', principalHeader(operatorId, []), 403, 403],
    ['somebody with the role of another app', principalHeader(operatorId, ['Owner']), 403, 403],
    ['a Reader', principalHeader(operatorId, ['Reader']), null, 403],
    ['an Operator', operator, null, null],
    ['both', principalHeader(operatorId, ['Reader', 'Operator']), null, null],
    ['an account of another provider', principalHeader(operatorId, ['Operator'], 'github'), 401, 401],
    ['a principal without an object id', principalHeader('', ['Operator']), 401, 401],
    ['a principal that can not be read', { 'x-ms-client-principal': 'AAAA' }, 401, 401],
    ['a key of the host', { 'x-functions-key': 'any' }, 401, 401],
  ])('%s', (_, headers, reading, changing) => {
    it.each(operations.map((one) => [`${one.method} ${one.path}`, one] as const))('%s', async (_, one) => {
      const path = `/api/${one.path.replaceAll(/\{\w+\}/g, operatorId)}`;
      const { status, headers: answered } = await scene.call(path, {
        method: one.method,
        headers,
        ...(one.body ? { body: '{}' } : {}),
      });
      const refused = one.role === 'Reader' ? reading : changing;
      expect(answered.has('www-authenticate')).toBe(status === 401);
      if (refused === null) expect([401, 403]).not.toContain(status);
      else expect(status).toBe(refused);
    });
  });

  describe('a malformed request', () => {
    let before: unknown;
    beforeAll(async () => {
      before = await books(scene);
    });

    it.each(malformed)('$title is refused, with a reason', async (one) => {
      const { status, headers, body } = await send(scene, one);
      expect(status).toBe(one.status);
      // An address or method that is nobody's is refused by the host.
      if (body === null) return expect(status === 404 || status === 405).toBe(true);
      expect(headers.get('content-type')).toBe('application/problem+json');
      const { detail = '', problems = [] } = body as Refusal;
      expect(detail.length + problems.length).toBeGreaterThan(0);
      if (one.at !== undefined) expect(problems.map(({ path }) => path)).toContain(one.at);
      expect(problems.every(({ message }) => message.length > 0)).toBe(true);
      expect(JSON.stringify(body).length).toBeLessThan(32_768);
    });

    it('changes nothing, whichever it was', async () => {
      expect(await books(scene)).toEqual(before);
    });
  });

  it('keeps the object id of who asked, and no other claim', async () => {
    const networks = [
      `/subscriptions/${scene.subscription.id}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/x`,
    ];
    const init = { method: 'POST', headers: operator, body: JSON.stringify({ networks, dryRun: true }) };
    const { headers } = await scene.call('/api/remediations', init);
    const progress = await eventually(async () => {
      const { body } = await scene.call(headers.get('location') ?? '', { headers: operator });
      return (body as { state: string }).state === 'done' && body;
    });
    expect(progress).toMatchObject({
      by: operatorId,
      dryRun: true,
      networks: [{ state: 'Unknown', problem: { code: 'NotInResourceGraph' } }],
    });
    expect(scene.log.filter((line) => /somebody.secret/i.test(line))).toEqual([]);
    expect(JSON.stringify(await books(scene))).not.toMatch(/somebody.secret/i);
  });

  it('keeps who stated the policy', async () => {
    const { body } = await scene.call('/api/changes', { headers: operator });
    expect(body).toMatchObject({
      changes: [{ resourceId: 'policy', by: operatorId, before: null, after: { mode: 'audit' } }],
    });
  });

  it('answers what is read with an ETag, and 304 to who has it', async () => {
    for (const path of ['/api/networks', '/api/policy', '/api/openapi.json']) {
      const first = await scene.call(path, { headers: operator });
      const etag = first.headers.get('etag') ?? '';
      expect(etag).toMatch(/^"[^"]+"$/);
      const second = await scene.call(path, { headers: { ...operator, 'if-none-match': `"other", W/${etag}` } });
      expect([second.status, second.body, second.headers.get('etag')]).toEqual([304, null, etag]);
      const third = await scene.call(path, { headers: { ...operator, 'if-none-match': '"other"' } });
      expect([third.status, third.body]).toEqual([200, first.body]);
    }
  });
});

/** Sends a request as it stands: no client has put its path right. */
async function send(scene: Scene, { method = 'GET', path, headers = {}, body }: Malformed): Promise<Answer> {
  const url = new URL(scene.environment().functionsUrl);
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const options = { host: url.hostname, port: url.port, method, path, headers: { ...operator, ...type, ...headers } };
  const answer = await new Promise<Answer>((resolve, reject) => {
    const request = httpRequest(options, async (incoming) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString('utf8');
      const told = Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]);
      resolve({
        status: incoming.statusCode ?? 0,
        headers: new Headers(told),
        body: text === '' ? null : JSON.parse(text),
      });
    });
    request.on('error', reject);
    request.end(body === 'EXAMPLE' ? policy : body);
  });
  checkAnswer(method, path, answer.status, answer.headers.get('content-type'), answer.body);
  return answer;
}

/** What stands in the tables that a request could have written to, and the version of the policy. */
async function books(scene: Scene): Promise<unknown> {
  const rows: unknown[] = [];
  for (const table of ['remediations', 'lanes', 'networks', 'history', 'steps']) {
    const options = { allowInsecureConnection: true };
    const client = TableClient.fromConnectionString(scene.environment().storageConnectionString, table, options);
    for await (const row of client.listEntities()) rows.push({ table, ...row });
  }
  const { headers } = await scene.call('/api/policy', { headers: operator });
  return { rows, etag: headers.get('etag') };
}
