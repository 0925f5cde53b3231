import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  cleanUp,
  eventually,
  type HostProcess,
  type HostProcessOptions,
  startHostProcess,
  temporaryFolder,
} from './support/host-process.ts';

const APP = join(import.meta.dirname, 'fixtures/edges-app');
const YEARLY = '0 0 0 1 1 *';

let host: HostProcess;
let notes: string;

beforeAll(async () => {
  notes = temporaryFolder();
  const languageWorkers__node__arguments = '--max-semi-space-size=8  --no-deprecation';
  host = await startHostProcess({ app: APP, env: { NOTES: notes, YEARLY, languageWorkers__node__arguments } });
});
afterAll(cleanUp);

function noted(name: string): Record<string, unknown>[] {
  const file = join(notes, name);
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
}
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
const get = (path: string, headers: Record<string, string> = {}) => fetch(`${host.url}${path}`, { headers });

it('gives the process of the app the arguments that an app setting says', async () => {
  expect(await (await get('/api/arguments')).json()).toEqual(['--max-semi-space-size=8', '--no-deprecation']);
});

describe('HTTP functions', () => {
  it('get the parameters of their route, the query with repeated names, and the body', async () => {
    const answer = await fetch(`${host.url}/api/Items/Books/7?a=1&a=2&b=`, {
      method: 'POST',
      body: 'żółć',
      headers: { 'x-functions-key': host.keys.function },
    });
    expect(await answer.json()).toEqual({
      params: { kind: 'Books', id: '7' },
      query: [
        ['a', '1,2'],
        ['b', ''],
      ],
      method: 'POST',
      body: 'żółć',
    });
    expect((await get(`/api/items/books?code=${host.keys.function}`)).status).toBe(200);
    expect((await get(`/api/items/books/seven?code=${host.keys.function}`)).status).toBe(404);
  });
  it('prefer the most specific route, and give the rest of a path to a catch-all', async () => {
    expect(await (await get('/api/items/special')).text()).toBe('the literal route');
    expect(await (await get('/api/files/a/b%20c/d.txt')).text()).toBe('a/b c/d.txt');
  });
  it('pass bytes through unchanged, with status, headers and cookies', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
    const answer = await fetch(`${host.url}/api/bytes`, { method: 'POST', body: bytes });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('set-cookie')).toBe('seen=1; path=/; httponly');
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes.toReversed());
  });
  it('answer 204 for nothing, 404 for no route, 405 for a wrong method, 500 for a throw', async () => {
    const statuses = await Promise.all([
      get('/api/nothing'),
      get('/api/nobody'),
      get('/nothing'),
      fetch(`${host.url}/api/nothing`, { method: 'POST', body: 'x' }),
      get('/api/throws'),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([204, 404, 404, 405, 500]);
  });
});

describe('keys', () => {
  const statusOf = async (path: string, on = host) => (await fetch(`${on.url}${path}`)).status;
  const management = '/runtime/webhooks/durabletask/instances';

  it('are asked for by the auth level of a function, and by webhooks and /admin', async () => {
    const { function: own, master, eventgrid, durabletask } = host.keys;
    const answers = async (path: string, ...keys: string[]) =>
      Promise.all(['', 'nonsense', ...keys].map((key) => statusOf(`${path}?code=${key}`)));
    expect(await answers('/api/items/special')).toEqual([200, 200]);
    expect(await answers('/api/items/a', durabletask, own, master)).toEqual([401, 401, 401, 200, 200]);
    expect(await answers('/api/secret', own, master)).toEqual([401, 401, 401, 200]);
    expect(await answers(management, own, eventgrid, durabletask, master)).toEqual([401, 401, 401, 401, 200, 200]);
    expect(await answers('/admin/host/status', own, master)).toEqual([401, 401, 401, 200]);
    expect(await answers('/admin/host/ping')).toEqual([200, 200]);
    const header = { headers: { 'x-functions-key': own } };
    expect((await fetch(`${host.url}/api/items/a`, header)).status).toBe(200);
  });
  it("are not asked for with --no-keys, as on a developer's machine", async () => {
    const env = { NOTES: temporaryFolder(), YEARLY, AzureFunctionsJobHost__extensions__http__routePrefix: '' };
    const open = await startHostProcess({ app: APP, env, args: ['--no-keys'] });
    const paths = ['/items/a', '/secret', management, '/admin/host/status'];
    expect(await Promise.all(paths.map((path) => statusOf(path, open)))).toEqual([200, 200, 200, 200]);
    await open.stop();
  });
});

describe('the Event Grid endpoint', () => {
  const endpoint = (name: string, key = host.keys.eventgrid) =>
    `${host.url}/runtime/webhooks/EventGrid?functionName=${name}&code=${key}`;
  const deliver = (kind: string, body: unknown, name = 'onEvent') =>
    fetch(endpoint(name), {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'aeg-event-type': kind, 'content-type': 'application/json' },
    });

  it('answers the validation handshakes of both schemas', async () => {
    const answer = await deliver('SubscriptionValidation', [{ id: '1', data: { validationCode: 'the-code' } }]);
    expect([answer.status, await answer.json()]).toEqual([200, { validationResponse: 'the-code' }]);
    const options = await fetch(endpoint('onEvent'), {
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': 'eventgrid.azure.net' },
    });
    expect([options.status, options.headers.get('webhook-allowed-origin')]).toEqual([200, 'eventgrid.azure.net']);
  });
  it('runs the function once for each event, unchanged, and answers 202 when all went well', async () => {
    const events = [
      { id: 'e1', data: { CamelCase: 1 } },
      { id: 'e2', data: null },
    ];
    expect((await deliver('Notification', events)).status).toBe(202);
    const seen = noted('events').filter(({ event }) => JSON.stringify(event).includes('"e'));
    expect(seen.map(({ event }) => event).sort()).toEqual(events);
    expect(seen.find(({ event }) => JSON.stringify(event).includes('e1'))?.metadata).toMatchObject({
      data: { camelCase: 1 },
    });
  });
  it('takes a CloudEvent, which comes alone', async () => {
    const event = { specversion: '1.0', type: 'test', source: '/s', id: 'cloud-1', data: { a: 1 } };
    const answer = await fetch(endpoint('onEvent'), {
      method: 'POST',
      body: JSON.stringify(event),
      headers: { 'aeg-event-type': 'Notification', 'content-type': 'application/cloudevents+json; charset=utf-8' },
    });
    expect([answer.status, await answer.text()]).toEqual([202, '']);
    expect(noted('events').map((one) => one.event)).toContainEqual(event);
  });
  it('fails the whole delivery when one event fails, so that it is repeated', async () => {
    const answer = await deliver('Notification', [{ id: 'f1' }, { id: 'f2', data: { poison: true } }]);
    expect([answer.status, await answer.text()]).toEqual([500, expect.stringContaining('cannot take this event')]);
    expect(noted('events').some(({ event }) => JSON.stringify(event).includes('f1'))).toBe(true);
  });
  it('refuses what is no delivery', async () => {
    const unknown = await deliver('Notification', [], 'nobody');
    expect([unknown.status, await unknown.text()]).toEqual([404, "cannot find function: 'nobody'"]);
    expect((await deliver('Nonsense', [])).status).toBe(400);
    expect((await deliver('Unsubscribe', [])).status).toBe(202);
    expect((await fetch(endpoint('onEvent', 'wrong'), { method: 'POST' })).status).toBe(401);
  });
});

describe('what the app logs', () => {
  it('arrives with its function and invocation, the message unchanged', async () => {
    const line = await eventually('the line is there', () =>
      host.log.find(({ message }) => message === '{"msg":"event seen","id":"e1"}'),
    );
    expect(line).toMatchObject({
      level: 'info',
      category: 'Function.onEvent.User',
      invocationId: expect.stringMatching(/^[\da-f-]{36}$/),
    });
  });
  it('does not hold a key', () => {
    for (const key of Object.values(host.keys)) expect(JSON.stringify(host.log)).not.toContain(key);
  });
  it('names what is not supported, and the rest runs', async () => {
    const warnings = host.log
      .filter(({ level }) => level === 'warn' || level === 'error')
      .map(({ category, message }) => `${category}: ${message}`);
    expect(warnings).toContainEqual(expect.stringMatching(/Function\.queue: .*no queueTrigger/));
    expect(warnings).toContainEqual(expect.stringMatching(/Function\.wrong: .*not a schedule/));
    expect(warnings).toContainEqual(expect.stringMatching(/Function\.badRoute: .*constraint 'prime' is not known/));
    expect((await get('/admin/host/ping')).status).toBe(200);
  });
  it('hooks see every invocation', async () => {
    await eventually('the hook ran', () =>
      noted('hooks').find(({ name, failed }) => name === 'throws' && failed === true),
    );
    expect(noted('hooks').find(({ name }) => name === 'special')).toEqual({
      name: 'special',
      hookData: { from: 'hook' },
      failed: false,
    });
  });
});

describe('timer functions', () => {
  it('run on their schedule, at start where they say so, and by hand', async () => {
    const tick = await eventually('it ran', () => noted('everySecond')[0]);
    expect(tick).toMatchObject({ isPastDue: false, schedule: { adjustForDST: true } });
    expect(await eventually('it ran at start', () => noted('yearly')[0])).toMatchObject({ isPastDue: false });
    const byHand = await fetch(`${host.url}/admin/functions/hourly?code=${host.keys.master}`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(byHand.status).toBe(202);
    await eventually('it ran by hand', () => noted('hourly')[0]);
  });
});

describe('a host that was away', () => {
  it('makes up for the run of a timer that it missed, and says so', async () => {
    const data = temporaryFolder();
    const folder = temporaryFolder();
    const options = { app: APP, data, env: { NOTES: folder, YEARLY } };
    expect(await (await startHostProcess(options)).stop()).toBe(0);
    const db = new DatabaseSync(join(data, 'host.sqlite'));
    const hour = 60 * 60 * 1000;
    const longAgo = (Math.floor(Date.now() / hour) - 5) * hour;
    const ran = 'UPDATE schedules SET last = ?, next = ?, updated_at = ? WHERE function_name = ?';
    db.prepare(ran).run(longAgo, longAgo + hour, longAgo, 'hourly');
    db.close();
    const again = await startHostProcess(options);
    const file = join(folder, 'hourly');
    await eventually('the missed run', () => existsSync(file));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      isPastDue: true,
      scheduleStatus: { last: expect.stringMatching(/^\d{4}-/) },
    });
    await again.stop();
  });
  it('tells in one line what is wrong with the app or the folders, and ends', async () => {
    const unbuilt = temporaryFolder();
    writeFileSync(join(unbuilt, 'package.json'), '{"main":"dist/main.cjs"}');
    const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);
    const port = Number(new URL(host.url).port);
    const starting = (options: HostProcessOptions) => expect(startHostProcess({ env: { YEARLY }, ...options })).rejects;
    await Promise.all([
      starting({ app: '/nowhere' }).toThrow(/ended with 1: .*\/nowhere\/package.json cannot be read/),
      starting({ app: fixture('broken-app') }).toThrow(
        /ended with 1: .*Cannot find module 'a-module-that-is-not-there'/,
      ),
      starting({ app: fixture('streaming-app') }).toThrow(
        /ended with 1: .*HTTP streaming is not supported.*enableHttpStream/,
      ),
      starting({ app: fixture('dying-app') }).toThrow(
        /ended with 1: .*with exit code 7 while the app was being loaded/,
      ),
      starting({ app: unbuilt }).toThrow(/ended with 1: There is no .*dist\/main.cjs.*Build the app first/),
      starting({ app: APP, data: host.data }).toThrow(/ended with 1: .*is in use by another host/),
      starting({ app: APP, port }).toThrow(/ended with 1: Port \d+ is in use/),
    ]);
  });
  it('lets those wait who come while the app is being loaded', async () => {
    const port = await freePort();
    const starting = startHostProcess({ app: APP, port, env: { YEARLY } });
    const answer = await eventually('the port is open', () =>
      fetch(`http://127.0.0.1:${port}/api/items/special`).catch(() => undefined),
    );
    expect(answer.status).toBe(200);
    await (await starting).stop();
  });
  it('cuts off a function that runs too long, and is there again after its app has died', async () => {
    const before = host.appPid();
    expect((await get('/api/slow')).status).toBe(500);
    expect((await get('/api/items/special')).status).toBe(200);
    expect(host.appPid()).not.toBe(before);
    expect((await get('/api/dies')).status).toBe(500);
    expect((await get('/api/items/special')).status).toBe(200);
  });
});
