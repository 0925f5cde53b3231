import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpActivity } from '../../infra/local/host/durable/http-activity.ts';
import {
  orchestratorCompletedEvent,
  orchestratorStartedEvent,
  startedEvent,
  taskCompletedEvent,
  taskScheduledEvent,
} from '../../infra/local/host/engine/events.ts';
import { EventType, type HistoryEvent } from '../../infra/local/host/engine/history.ts';
import { parseInstant } from '../../infra/local/host/engine/instant.ts';
import { answerOfState } from '../../infra/local/host/engine/state.ts';
import { closeTurn, openTurn } from '../../infra/local/host/engine/turn.ts';

// What the recording of callHttp does not show.

let server: Server;
let origin: string;
const asked: { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    asked.push({ method, url, headers, body: await text(request) });
    if (url === '/moved') return response.writeHead(302, { location: '/there' }).end();
    if (url === '/kept') return response.writeHead(307, { location: '/there' }).end();
    if (url === '/loop') return response.writeHead(302, { location: '/loop' }).end();
    if (url === '/hangs-up') return response.destroy();
    response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'], etag: '"1"', 'x-Own': 'x', expires: '0', allow: 'GET' });
    response.end('żółć');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});
afterAll(() => server.close());

async function send(request: Record<string, unknown>) {
  asked.length = 0;
  const result = await httpActivity(JSON.stringify(request));
  if (!result.ok) return { failure: result.message };
  return result.returnValue && 'json' in result.returnValue ? JSON.parse(result.returnValue.json) : undefined;
}

describe('the activity that sends requests', () => {
  it('answers with the headers of the answer, as .NET writes them, and without those of its content', async () => {
    const { statusCode, headers, content } = await send({ method: 'GET', uri: `${origin}/` });
    expect([statusCode, content]).toEqual([200, 'żółć']);
    expect(headers).toMatchObject({ ETag: '"1"', 'Set-Cookie': ['a=1', 'b=2'], 'x-Own': 'x' });
    expect(Object.keys(headers).filter((name) => /expires|allow|content/i.test(name))).toEqual([]);
  });
  it('follows redirections, without credentials: a POST becomes a GET, unless its method is to be kept', async () => {
    const request = { method: 'POST', content: 'x', headers: { Authorization: 'Bearer t', Own: 'y' } };
    await send({ ...request, uri: `${origin}/moved` });
    expect(asked[1]).toMatchObject({ method: 'GET', url: '/there', body: '', headers: { own: 'y' } });
    expect(asked[1]?.headers.authorization).toBeUndefined();
    await send({ ...request, uri: `${origin}/kept` });
    expect(asked[1]).toMatchObject({ method: 'POST', url: '/there', body: 'x' });
    expect(await send({ method: 'GET', uri: `${origin}/loop` })).toMatchObject({ statusCode: 302 });
    expect(asked).toHaveLength(51);
  });
  it('fails where there is no answer, and for what it cannot send', async () => {
    expect(await send({ method: 'GET', uri: `${origin}/hangs-up` })).toEqual({ failure: 'socket hang up' });
    const multipart = { method: 'POST', uri: origin, content: '-', headers: { 'Content-Type': 'multipart/form-data' } };
    expect(await send(multipart)).toEqual({ failure: 'Multipart content is not supported with CallHttpAsync.' });
    expect(asked).toEqual([]);
  });
});

describe('an answer 202', () => {
  const now = parseInstant('2026-11-23T05:00:00Z');
  const instance = { InstanceId: 'i', ExecutionId: 'e' };
  const start = { instance, parent: null, name: 'main', version: '', input: null, generation: 0 };
  const settings = { orchestrators: new Set(['main']), activities: new Set<string>(), entities: new Set<string>() };
  const headers = { Authorization: 'Bearer t', 'X-Functions-Key': 'k', Accept: 'a/b' };

  /** What follows from an answer 202 with these headers: the timer, and the request after it. */
  function followed(answer: Record<string, string>, request: Record<string, unknown> = {}) {
    const actions = [{ actionType: 8, httpRequest: { method: 'POST', uri: 'https://one/a', headers, ...request } }];
    const state = answerOfState({ isDone: false, actions: [actions], schemaVersion: 3 });
    let history: HistoryEvent[] = [
      orchestratorStartedEvent(now),
      startedEvent(now, start),
      taskScheduledEvent(now, 0, 'BuiltIn::HttpActivity'),
      orchestratorCompletedEvent(now),
    ];
    const body = JSON.stringify({ statusCode: 202, headers: answer, content: '' });
    const turn = (...messages: HistoryEvent[]) => {
      const result = closeTurn(
        openTurn(history, messages, now),
        state,
        null,
        { ...settings, defaultVersion: null },
        now,
      );
      history = result.history;
      return result.outgoing;
    };
    const [timer] = turn(taskCompletedEvent(now, EventType.TaskCompleted, 0, body)).timers;
    if (!timer) return null;
    const [poll] = turn(timer.event).activities;
    return { seconds: Number(timer.fireAt - now) / 1e7, poll: JSON.parse(poll?.input ?? '') };
  }

  it('is asked about again at its Location, after Retry-After or thirty seconds', () => {
    expect(followed({ location: 'b?c=1', 'retry-after': '5' }, { content: 'x' })).toEqual({
      seconds: 5,
      poll: { method: 'GET', uri: 'https://one/b?c=1', headers },
    });
    expect(followed({ Location: 'https://one/b' })?.seconds).toBe(30);
  });
  it('does not send credentials on to another place', () => {
    expect(followed({ Location: 'https://two/b' })?.poll).toEqual({
      method: 'GET',
      uri: 'https://two/b',
      headers: { Accept: 'a/b' },
    });
  });
  it('is the answer where it says no place to ask, or polling is off', () => {
    expect(followed({})).toBe(null);
    expect(followed({ Location: 'https://one/b' }, { asynchronousPatternEnabled: false })).toBe(null);
  });
  it('a token source is refused by name', () => {
    const actions = [
      { actionType: 8, httpRequest: { method: 'GET', uri: 'https://one/', tokenSource: { resource: 'r' } } },
    ];
    const state = answerOfState({ isDone: false, actions: [actions], schemaVersion: 3 });
    const turn = openTurn([], [startedEvent(now, start)], now);
    const { status, output } = closeTurn(turn, state, null, { ...settings, defaultVersion: null }, now);
    expect([status, output]).toEqual([
      'Failed',
      expect.stringMatching(/the tokenSource of callHttp\) are not supported/),
    ]);
  });
});
