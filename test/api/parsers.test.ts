import { gunzipSync } from 'node:zlib';
import { HttpRequest } from '@azure/functions';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { may, readPrincipal } from '../../functions/api/access.ts';
import { parseContinuation } from '../../functions/api/continuation.ts';
import { csvResponse } from '../../functions/api/csv.ts';
import { networkId } from '../../functions/api/requests.ts';
import { jsonBody } from '../../functions/json-body.ts';
import { networkKey } from '../../shared/records/network-record.ts';
import { networkId as azureNetworkId } from '../laws/support/arbitraries.ts';

const bodyOf = (text: string) =>
  jsonBody(
    new HttpRequest({
      method: 'POST',
      url: 'http://localhost/api',
      headers: { 'content-type': 'application/json' },
      body: { string: text },
    }),
  );
/** `__proto__` in a literal sets the prototype; as a field it is one like any other. */
const json = fc.jsonValue({ maxDepth: 4 });

describe('a body', () => {
  test('of any JSON is read as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        expect(await bodyOf(JSON.stringify(value))).toEqual({ ok: true, value: JSON.parse(JSON.stringify(value)) });
      }),
    );
  });

  test('with a field twice in any object of it is refused, and the field named', async () => {
    await fc.assert(
      fc.asyncProperty(json, fc.string(), json, async (value, name, around) => {
        const field = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
        const read = await bodyOf(`[${JSON.stringify(around)},{"a":{${field} , ${field}}}]`);
        expect(read).toMatchObject({ ok: false, status: 400 });
        expect(!read.ok && read.problems?.map(({ path }) => path)).toContain(name);
      }),
    );
  });

  test('of any bytes is read or refused, never thrown at', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
        const headers = { 'content-type': 'application/json' };
        const body = { bytes: Buffer.from(bytes) };
        const read = await jsonBody(new HttpRequest({ method: 'POST', url: 'http://localhost/api', headers, body }));
        expect(read.ok || read.status === 400).toBe(true);
      }),
    );
  });
});

describe('a principal', () => {
  const header = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
  const claims = fc.array(fc.record({ typ: fc.constantFrom('roles', 'oid', 'name', 'r'), val: fc.string() }));

  test('of any text is nobody, or somebody with an object id', () => {
    const texts = fc.oneof(fc.string(), fc.base64String(), json.map(header));
    fc.assert(fc.property(texts, (text) => readPrincipal(text).kind === 'unknown'));
  });

  test('may do no more than its roles say, and nothing else of it is kept', () => {
    const objectId = '11111111-2222-4333-8444-555555555555';
    fc.assert(
      fc.property(claims, fc.subarray(['Reader', 'Operator', 'reader', 'Owner']), (others, roles) => {
        const own = [{ typ: 'oid', val: objectId }, ...roles.map((val) => ({ typ: 'roles', val }))];
        const innocent = others.filter(({ typ }) => typ === 'name');
        const read = readPrincipal(header({ auth_typ: 'aad', claims: [...own, ...innocent] }));
        if (read.kind === 'unknown') throw new Error(read.why);
        expect(Object.keys(read.caller)).toEqual(['objectId', 'roles']);
        expect(read.caller.objectId).toBe(objectId);
        expect(may(read.caller, 'Operator')).toBe(roles.includes('Operator'));
        expect(may(read.caller, 'Reader')).toBe(roles.includes('Operator') || roles.includes('Reader'));
      }),
    );
  });
});

test('a continuation is what was answered, or nothing', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => parseContinuation(text) === null));
  const key = fc.string({ minLength: 1, maxLength: 100, unit: 'binary-ascii' });
  fc.assert(
    fc.property(key, fc.option(key, { nil: undefined }), (nextPartitionKey, nextRowKey) => {
      const mark = { nextPartitionKey, ...(nextRowKey === undefined ? {} : { nextRowKey }) };
      expect(parseContinuation(Buffer.from(JSON.stringify(mark)).toString('base64'))).toEqual(mark);
    }),
  );
});

test('every id that Azure may have given a network is accepted', () => {
  fc.assert(fc.property(azureNetworkId, (id) => networkId.safeParse(id).success));
});

test('an id that is accepted makes a key that Azure Tables takes', () => {
  const base = '/subscriptions/3e9b5c74-8a2d-4daf-9c63-2f7d9e4a3001/resourceGroups';
  const parts = fc.tuple(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', '/', '?', '#'),
  );
  fc.assert(
    fc.property(parts, ([group, name, end]) => {
      const id = `${base}/${group}/providers/Microsoft.Network/virtualNetworks/${name}${end}`;
      if (!networkId.safeParse(id).success) return;
      const [, rowKey] = networkKey(id);
      expect(rowKey).not.toMatch(/[/\\#?\p{Cc}]/u);
      expect(() => encodeURIComponent(rowKey)).not.toThrow();
    }),
    { numRuns: 1000 },
  );
});

describe('CSV', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, index) => [`vnet-${index}`, 'x'.repeat(1000)]);
  const answer = (count: number, acceptEncoding: string | null) =>
    csvResponse('a.csv', ['name', 'text'], rows(count), acceptEncoding);

  test.each(['gzip', 'gzip, deflate, br', 'br;q=1.0, gzip;q=0.8', 'GZIP'])(
    'is compressed for "%s"',
    async (accepted) => {
      const { headers, body } = await answer(1200, accepted);
      expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
      expect(gunzipSync(body as Buffer).toString()).toBe((await answer(1200, null)).body);
    },
  );

  test.each([null, '', 'identity', 'deflate, br', 'gzip;q=0', 'br, gzip; q=0.0', 'x-gzipped'])(
    'is not for "%s", and too long of it is refused',
    async (accepted) => {
      const { headers, body } = await answer(2, accepted);
      expect(headers).not.toHaveProperty('content-encoding');
      expect(String(body).split('\r\n')).toHaveLength(4);
      const refused = await answer(5_000, accepted);
      expect(refused).toMatchObject({ status: 406, body: expect.stringContaining('Accept gzip') });
    },
  );

  test('however long it is, is sent whole to who accepts gzip', async () => {
    const { status, body } = await answer(5_000, 'gzip');
    expect([
      status,
      gunzipSync(body as Buffer)
        .toString()
        .split('\r\n').length,
    ]).toEqual([200, 5_002]);
  });
});

test('a cell of CSV comes back as it was, behind an apostrophe where it would be a formula', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
      const { body } = await csvResponse('a.csv', ['one', 'two'], [[text, 'x']], null);
      const [, row = ''] = /^one,two\r\n([\s\S]*),x\r\n$/.exec(String(body)) ?? [];
      const cell = row.startsWith('"') ? row.slice(1, -1).replaceAll('""', '"') : row;
      expect([text, `'${text}`]).toContain(cell);
      expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    }),
  );
});
