import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp, eventually, type HostProcess, startHostProcess, temporaryFolder } from './support/host-process.ts';

// An app in the style of the public samples, written for the real host, used as its users would.

const APP = join(import.meta.dirname, 'sample-app');

let host: HostProcess;

beforeAll(async () => {
  host = await startHostProcess({ app: APP });
});
afterAll(cleanUp);

const url = (path: string) => `${host.url}/api/${path}`;
const post = (path: string, body?: unknown) =>
  fetch(url(path), { method: 'POST', ...(body !== undefined && { body: JSON.stringify(body) }) });
const logged = (category: string) => host.log.filter((line) => line.category === category);

async function read(answer: Response): Promise<Record<string, string>> {
  return JSON.parse(await answer.text());
}
/** Starts an orchestration through the app's starter; answers the links of its answer. */
async function start(name: string, input?: unknown): Promise<Record<string, string>> {
  const answer = await post(`orchestrators/${name}`, input);
  expect(answer.status).toBe(202);
  const links = await read(answer);
  expect(answer.headers.get('location')).toBe(links.statusQueryGetUri);
  return links;
}
async function ended(links: Record<string, string>): Promise<Record<string, unknown>> {
  return eventually('the instance has ended', async () => {
    const answer = await fetch(links.statusQueryGetUri ?? '');
    return answer.status === 200 && (await read(answer));
  });
}

describe('The orchestrations of the samples', () => {
  it('chain activities, and show how far they are', async () => {
    const links = await start('helloSequence');
    expect(await ended(links)).toMatchObject({
      name: 'helloSequence',
      runtimeStatus: 'Completed',
      customStatus: 'London',
      output: ['Hello Tokyo!', 'Hello Seattle!', 'Hello Cairo!'],
    });
  });

  it('fan out and in, with an output binding that is left out', async () => {
    const links = await start('backupSiteContent', join(APP, 'src/functions'));
    const { output } = await ended(links);
    expect(output).toMatchObject({ files: 13 });
    expect(logged('Function.copyFileToBlob.User')).toHaveLength(13);
  });

  it('ask a human, who is authorized by the code in time', async () => {
    const links = await start('smsPhoneVerification', '+15550123456');
    const code = await eventually('the code is sent', () => {
      const [line] = logged('Function.sendSmsChallenge.User');
      return line && Number(/code (\d+) to \*\*\*56\./.exec(line.message)?.[1]);
    });
    const respond = (event: string, value: unknown) => post(`instances/${links.id}/events/${event}`, value);
    expect((await respond('SmsChallengeResponse', code + 1)).status).toBe(202);
    expect((await respond('SmsChallengeResponse', code)).status).toBe(202);
    expect(await ended(links)).toMatchObject({ runtimeStatus: 'Completed', output: true });
    expect((await respond('not-a-word', 1)).status).toBe(404);
  });

  it('monitor a service until it says what is waited for', async () => {
    const links = await start('weatherMonitor', { location: { city: 'Oslo' }, phone: '+15550111111', pollSeconds: 2 });
    expect(await ended(links)).toMatchObject({ runtimeStatus: 'Completed', output: 2 });
    expect(logged('Function.weatherMonitor.User').map(({ message }) => message)).toEqual(
      Array(2).fill('Checking current weather conditions for Oslo.'),
    );
    expect(logged('Function.sendGoodWeatherAlert.User')[0]?.message).toMatch(/To \*\*\*11$/);
  });

  it('fail with the message of what they threw', async () => {
    const links = await start('weatherMonitor', {});
    expect(await ended(links)).toMatchObject({
      runtimeStatus: 'Failed',
      output: "Orchestrator function 'weatherMonitor' failed: A city is required on the location input.",
    });
  });

  it('go on for ever as new ones, fed by events', async () => {
    const links = await start('continueAsNewCounter', { count: 1, until: 6 });
    const counted = (count: number) =>
      eventually(`it has counted to ${count}`, async () => {
        const { customStatus } = await read(await fetch(links.statusQueryGetUri ?? ''));
        return JSON.stringify(customStatus) === JSON.stringify({ count });
      });
    await post(`instances/${links.id}/events/Add`, 2);
    await counted(3);
    await fetch((links.sendEventPostUri ?? '').replace('{eventName}', 'Add'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '3',
    });
    expect(await ended(links)).toMatchObject({ runtimeStatus: 'Completed', output: 6 });
  });

  it('retry, call each other, and compensate for what failed', async () => {
    const links = await start('orderProcessing', { number: 7, items: ['tea', 'cup'] });
    expect(await ended(links)).toMatchObject({
      runtimeStatus: 'Completed',
      output: { payment: { attempt: 3 }, parcels: ['packed tea', 'packed cup'], refunded: true },
    });
    const child = await fetch((links.statusQueryGetUri ?? '').replace(links.id ?? '', `${links.id}:pack`));
    expect(await child.json()).toMatchObject({ name: 'packOrder', output: ['packed tea', 'packed cup'] });
    expect(logged('Function.refund.User')[0]?.message).toMatch(/^Refund 7: .*the supplier has never packed 7\./);
  });

  it('are waited for, or not when they take too long', async () => {
    const done = await post('orchestrators/wait/reportWriter?timeout=10&retryInterval=0.05', {});
    expect(done.status).toBe(200);
    expect(await done.json()).toBe('Hello Tokyo! Hello Seattle! Hello Cairo!');
    const late = await post('orchestrators/wait/continueAsNewCounter?timeout=0.1&retryInterval=0.05', {});
    expect(late.status).toBe(202);
    const { id, statusQueryGetUri = '' } = await read(late);
    expect(await (await fetch(url('instances?status=Running'))).json()).toContainEqual({
      name: 'continueAsNewCounter',
      runtimeStatus: 'Running',
    });
    expect((await fetch(url(`instances/${id}?reason=enough`), { method: 'DELETE' })).status).toBe(204);
    expect(await ended({ statusQueryGetUri })).toMatchObject({ runtimeStatus: 'Terminated', output: 'enough' });
    const purged = await fetch(url(`instances/${id}?purge`), { method: 'DELETE' });
    expect(await purged.json()).toEqual({ instancesDeleted: 1 });
    expect((await fetch(statusQueryGetUri)).status).toBe(404);
  });
});

describe('The HTTP functions of the samples', () => {
  it('read route, query, headers and JSON', async () => {
    const found = await fetch(url('products/tea/42?sort=name&tag=a&tag=b'));
    expect(await found.json()).toEqual({ category: 'tea', id: '42', sort: 'name', tags: 'a,b' });
    expect((await fetch(url('products/tea/green'))).status).toBe(404);
    const made = await fetch(url('products/tea'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'samples' },
      body: '{"name":"żółta"}',
    });
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe('/api/products/tea/42');
    expect(made.headers.get('x-agent')).toBe('samples');
    expect(made.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await made.json()).toEqual({ name: 'żółta', category: 'tea' });
    const head = await fetch(url('products/tea/42'), { method: 'HEAD' });
    expect([head.status, head.headers.get('etag')]).toEqual([200, '"42"']);
  });

  it('take and give bytes, forms, streams and objects of the library', async () => {
    const image = await fetch(url('images/a/b.png'), {
      method: 'PUT',
      headers: { 'content-type': 'image/png' },
      body: new Uint8Array([0, 255, 128, 10]),
    });
    expect([...(await image.bytes())]).toEqual([10, 128, 255, 0]);
    expect([image.headers.get('content-type'), image.headers.get('x-path')]).toEqual(['image/png', 'a/b.png']);
    const form = new FormData();
    form.set('name', 'Anna');
    form.set('file', new File(['abc'], 'a.txt'));
    const answer = await fetch(url('form'), { method: 'POST', body: form });
    expect(await answer.json()).toEqual({ name: 'Anna', file: 'a.txt', size: 3 });
    const teapot = await fetch(url('classResponse'));
    expect([teapot.status, teapot.headers.get('x-teapot'), await teapot.text()]).toEqual([
      418,
      'yes',
      'short and stout',
    ]);
    expect(await (await fetch(url('stream'))).text()).toBe('streamed body');
    expect(await (await fetch(url('any/method'), { method: 'PATCH' })).text()).toBe('PATCH');
  });

  it('set cookies, each in a header of its own', async () => {
    const { headers } = await fetch(url('cookies'));
    expect(headers.getSetCookie()).toEqual([
      'mycookie=my%20value; max-age=200000; path=/',
      'mycookie2=myvalue; path=/; secure; httponly',
      'mycookie3=myvalue; expires=Wed, 02 Jan 2030 03:04:05 GMT; path=/; samesite=strict',
    ]);
  });

  it('answer with nothing, fail, or are disabled', async () => {
    expect((await fetch(url('nothing'))).status).toBe(204);
    const failed = await fetch(url('fails'));
    expect([failed.status, await failed.text()]).toEqual([500, '']);
    expect(logged('Function.fails').at(-1)?.message).toMatch(/It is broken\.\n.*products\.js/);
    expect((await fetch(url('retiredEndpoint'))).status).toBe(404);
    expect(await (await fetch(host.url)).text()).toContain('app is up and running');
    expect((await fetch(url('nothing'), { method: 'POST' })).status).toBe(405);
  });

  it('may be ES modules', async () => {
    expect(await (await fetch(url('report/Anna'))).text()).toBe('Hello, Anna, from an ES module');
  });

  it('run although an output is left out', async () => {
    expect((await post('addToQueue', 'work')).status).toBe(202);
  });
});

describe('Hooks and logs', () => {
  it('let a hook change inputs, handler, result and error', async () => {
    const answer = await fetch(url('hooked'));
    expect([answer.headers.get('x-wrapped'), await answer.text()]).toEqual(['true', 'input of the hook']);
    expect(logged('Function.hooked.User').map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Ignored error: .*'hookData'/),
      'hooked was called with input of the hook',
      expect.stringMatching(/^postInvocation hook executed, result: \{"body":"input of the hook"/),
    ]);
    const invalid = await post('products/tea', {});
    expect([invalid.status, await invalid.json()]).toEqual([422, { problem: 'validation' }]);
  });

  it('have the levels that host.json asks for', async () => {
    const invocationId = await (await fetch(url('logLevels'))).text();
    expect(logged('Function.logLevels.User').map(({ level, message }) => [level, message.split('\n')[0]])).toEqual([
      ['trace', 'a trace'],
      ['debug', 'a debug line'],
      ['info', "an info { with: 'an object' }"],
      ['warn', 'a warning'],
      ['error', 'Error: an error'],
    ]);
    expect(logged('Function.logLevels.User').every((line) => line.invocationId === invocationId)).toBe(true);
    const run = await fetch(`${host.url}/admin/functions/timeReport`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-functions-key': host.keys.master },
      body: '{}',
    });
    expect(run.status).toBe(202);
    await eventually('the timer function has run', () => logged('Function.timeReport.User').length > 0);
    expect(logged('Function.timeReport.User').map(({ level }) => level)).toEqual(['warn']);
  });

  it('show what the app writes to the console when it is loaded', () => {
    expect(logged('Host.Function.Console').map(({ message }) => message)).toEqual(['appStart hook executed.']);
  });
});

describe('The other triggers of the samples', () => {
  it('run a timer again as its retry policy says', async () => {
    await eventually('the last attempt', () => logged('Function.timerTriggerWithRetry.User').length > 0);
    expect(logged('Function.timerTriggerWithRetry.User').map(({ message }) => message)).toEqual([
      'Timer function processed request after 2 of 4 retries.',
    ]);
  });

  it('take events of Event Grid, and start an orchestration with each', async () => {
    const code = host.keys.eventgrid;
    const deliver = (...events: object[]) =>
      fetch(`${host.url}/runtime/webhooks/EventGrid?functionName=eventGridTrigger1&code=${code}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'aeg-event-type': 'Notification' },
        body: JSON.stringify(events),
      });
    const event = {
      id: 'event-1',
      topic: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a',
      subject: '/blobServices/default/containers/c/blobs/cat.png',
      eventType: 'Microsoft.Storage.BlobCreated',
      eventTime: '2026-01-01T00:00:00Z',
      data: { url: 'https://a.example/c/cat.png' },
      dataVersion: '',
      metadataVersion: '1',
    };
    expect((await deliver(event)).status).toBe(202);
    const statusQueryGetUri = `${host.rpc}/instances/event-1`;
    expect(await ended({ statusQueryGetUri })).toMatchObject({ output: 'Hello https://a.example/c/cat.png!' });
    expect((await deliver({ ...event, id: 'event-2', data: { poison: true } })).status).toBe(500);
  });

  it('are named when they are not supported', () => {
    const warnings = host.log
      .filter(({ level }) => level === 'warn')
      .map(({ category, message }) => [category, message]);
    expect(warnings).toEqual(
      expect.arrayContaining([
        ['Function.storageQueueTrigger1', expect.stringMatching(/is not run.*queueTrigger/)],
        ['Function.addToQueue', expect.stringMatching(/output of type queue is left out/)],
        ['Function.copyFileToBlob', expect.stringMatching(/output of type blob is left out/)],
        ['Function.sendSmsChallenge', expect.stringMatching(/output of type twilioSms is left out/)],
      ]),
    );
  });
});

describe('The host, as a person starts it', () => {
  const data = temporaryFolder();
  const keys = (): string[] => Object.values(JSON.parse(readFileSync(join(data, 'host-keys.json'), 'utf8')));

  it('shows the functions with their addresses, and the keys that it has made, and ends on Ctrl-C', async () => {
    const { output, code } = await startedByHand(['--app', APP, '--data', data, '--port', '0']);
    const [, origin] = /served at (http:\/\/127\.0\.0\.1:\d+)/.exec(output) ?? [];
    expect(output).toContain(`\n  products: [GET,POST] ${origin}/api/products/{category:alpha}/{id:int?}\n`);
    expect(output).toMatch(/\n {2}helloSequence: orchestrationTrigger\n/);
    expect(output).toMatch(/\n {2}storageQueueTrigger1: queueTrigger \(not run here\)\n/);
    expect(output).toMatch(/retiredEndpoint\] It is disabled: the app setting AzureWebJobs\.retiredEndpoint\.Disabled/);
    expect(keys().map((key) => output.split(key).length - 1)).toEqual([1, 1, 1, 1]);
    expect(output).toMatch(/appTerminate hook executed, started at \d{4}-/);
    expect(code).toBe(0);
  });

  it('does not show the keys again', async () => {
    const { output } = await startedByHand(['--app', APP, '--data', data, '--port', '0']);
    expect(output).toContain(`they are in ${join(data, 'host-keys.json')}`);
    expect(keys().filter((key) => output.includes(key))).toEqual([]);
  });

  it('says in one line what is wrong with the options', async () => {
    const { output, code } = await startedByHand(['--app', APP, '--port', 'http']);
    expect([output.trim().split('\n').length, code]).toEqual([1, 1]);
    expect(output).toMatch(/--port.*A port is a number from 0 to 65535/);
  });
});

/** Runs the host in a terminal's way, interrupts it when it is ready, and answers what it wrote. */
async function startedByHand(args: string[]): Promise<{ output: string; code: number | null }> {
  const main = join(import.meta.dirname, '../../infra/local/host/main.ts');
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let interrupted = false;
  const take = (chunk: Buffer) => {
    output += chunk;
    // Once only: a second one ends the host at once.
    if (!interrupted && output.includes('Ctrl-C stops it.')) interrupted = child.kill('SIGINT');
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { output, code };
}
