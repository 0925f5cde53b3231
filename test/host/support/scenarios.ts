import { rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Play, pause } from './driver.ts';

// What was done with the recorded host, step by step; where the recording driver slept, this one waits for what it slept for.

export type Script = (play: Play) => Promise<void>;
export const scenarios = new Map<string, Script>();

const plain = (name: string, fn = name, body?: unknown, seconds?: number) =>
  scenarios.set(name, (t) => t.whole(fn, body, seconds));
for (const name of `sequence fanOut allOneFails allOneFailsCaught allEmpty yieldsValue timer timerInThePast anyTimerCancelled anyTimerLeft anyTimerWins
  activityThrows activityThrowsCaught activityThrowsOdd retryOk retryExhausted retryExhaustedCaught retryParallel throwsAtOnce throwsLater throwsWithWorkOpen
  throwsWithAllOpen subOk subFails subFailsCaught subRetryOk subRetryExhausted subFixedId subFanOut rounds activityInputs activityOutputs stable
  entityUnknownSignal subRounds roundsTimerOpen roundsThenMore timerMany activityMissingYield anyThenEnd`.split(
  /\s+/,
)) {
  plain(name);
}
for (const name of [
  'unknownActivity',
  'unknownSub',
  'subOwnId',
  'retryTimeout',
  'retryNonRetriable',
  'throwsString',
  'entityUnknown',
]) {
  scenarios.set(name, (t) => t.watched(name, 4));
}
plain('anyReused');
plain('statusJustFits', 'statusTooBig', 8000);
plain('statusTooBig', 'statusTooBig', 9000);
plain('large', 'large', 'y'.repeat(100_000));
plain('unicode', 'echo', 'zażółć 漢字 😀 \u2028 "quotes" \\ /');

const INPUTS: Record<string, string | undefined> = {
  none: undefined,
  null: 'null',
  true: 'true',
  false: 'false',
  zero: '0',
  int: '42',
  float: '1.50',
  big: '1e21',
  empty: '""',
  text: '"text"',
  numberText: '"12"',
  array: '[1,"two",null]',
  object: '{"a":{"b":[1]},"n":null}',
  dateText: '"2020-01-02T03:04:05.678Z"',
  timestampField: '{"Timestamp":"2020-01-02T03:04:05Z"}',
  spaces: ' { "a" : 1 } ',
};
scenarios.set('inputs', async (t) => {
  for (const [kind, raw] of Object.entries(INPUTS)) {
    const id = t.id(`-${kind}`);
    await t.start('echo', id, { ...(raw !== undefined && { raw }), label: kind });
    await t.done(id);
    await t.keep(id);
  }
});
scenarios.set('outputs', async (t) => {
  for (const kind of 'undefined null true false zero int float text empty jsonText array object date'.split(' ')) {
    const id = t.id(`-${kind}`);
    await t.start('returns', id, { body: kind, label: kind });
    await t.done(id);
    await t.keep(id);
  }
});
scenarios.set('longTimer', async (t) => {
  const id = t.id();
  await t.start('longTimer', id);
  await t.seen(id, 'TimerCreated');
  await t.keep(id);
  await t.order(id, 'terminate?reason=recorded', { keep: false });
  await t.done(id);
});
scenarios.set('longTimerAndShort', (t) => t.whole('longTimerAndShort'));

const withEvents = (name: string, fn: string, act: (t: Play, id: string) => Promise<void>) =>
  scenarios.set(name, async (t) => {
    const id = t.id();
    await t.start(fn, id);
    await t.running(id);
    await act(t, id);
    await t.done(id);
    await t.keep(id);
  });
withEvents('eventAfterWait', 'event', async (t, id) => void (await t.event(id, 'go', { n: 1 })));
withEvents('eventBeforeWait', 'eventLate', async (t, id) => void (await t.event(id, 'go', 'early')));
withEvents('eventTwice', 'eventTwice', async (t, id) => {
  await t.event(id, 'go', 'first');
  await t.seen(id, 'EventRaised');
  await t.event(id, 'go', 'second');
});
withEvents('eventInTurn', 'eventInTurn', async (t, id) => {
  for (const event of ['a', 'b', 'c']) await t.event(id, 'go', event);
});
withEvents('eventCase', 'event', async (t, id) => {
  await t.event(id, 'GO', 'upper');
  await t.seen(id, 'EventRaised');
  await t.event(id, 'go', 'exact');
});
withEvents('eventOther', 'event', async (t, id) => {
  await t.event(id, 'other', 1);
  await t.event(id, 'go', null);
});
withEvents('eventOrTimer', 'eventOrTimer', async () => {});
withEvents('eventNumeric', 'eventNumeric', async (t, id) => void (await t.event(id, '0', 'forged')));
withEvents('drainLoses', 'drain', async (t, id) => {
  for (const event of ['a', 'b', 'c']) await t.event(id, 'item', event);
  await t.until(id, ({ input }) => JSON.stringify(input) === '["a"]');
  await t.event(id, 'item', 'stop');
});
withEvents('drainSpaced', 'drain', async (t, id) => {
  const seen: string[] = [];
  for (const event of ['a', 'b', 'stop']) {
    await t.event(id, 'item', event);
    seen.push(event);
    if (event !== 'stop') await t.until(id, ({ input }) => JSON.stringify(input) === JSON.stringify(seen));
  }
});
withEvents('customStatus', 'status', async (t, id) => {
  const wanted = ['"starting"', '{"step":2,"text":"zażółć"}', 'null'];
  for (const [at, status] of wanted.entries()) {
    await t.until(id, ({ customStatus }) => JSON.stringify(customStatus) === status);
    await t.status(id);
    await t.event(id, 'next', at);
  }
});
scenarios.set('eventsInOrder', async (t) => {
  const id = t.id();
  await t.start('collect', id, { body: 10 });
  await t.running(id);
  for (let n = 0; n < 10; n++) await t.event(id, 'item', n, { keep: n === 0 });
  await t.done(id);
  await t.keep(id);
});
scenarios.set('eventsAtOnce', async (t) => {
  const id = t.id();
  await t.start('collect', id, { body: 20 });
  await t.running(id);
  await Promise.all(Array.from({ length: 20 }, (_, n) => t.event(id, 'item', n, { keep: n === 0 })));
  await t.done(id);
  await t.keep(id);
});
scenarios.set('eventDuringStart', async (t) => {
  const id = t.id();
  await t.start('event', id);
  await t.event(id, 'go', 'right after the start', { label: 'raised at once after the 202' });
  await t.done(id);
  await t.keep(id);
});
scenarios.set('eventKinds', async (t) => {
  const kinds = { true: 'true', number: '12', text: '"t"', null: 'null', array: '[1]', object: '{"a":1}' };
  for (const [kind, raw] of Object.entries(kinds)) {
    const id = t.id(`-${kind}`);
    await t.start('event', id);
    await t.running(id);
    await t.event(id, 'go', undefined, { raw, label: kind });
    await t.done(id);
    await t.keep(id);
  }
});

/** The app looks for this file: with it, the code is another one. */
const changed = (name: string, fn: string, before: (t: Play, id: string) => Promise<void>) =>
  scenarios.set(name, async (t) => {
    const flag = join(t.target.app, 'changed.flag');
    const id = t.id();
    await t.start(fn, id);
    await t.running(id);
    await before(t, id);
    await t.seen(id, 'TaskCompleted');
    writeFileSync(flag, '');
    await t.event(id, 'again', 1);
    await t.done(id);
    await t.keep(id);
    rmSync(flag, { force: true });
  });
changed('changedActivity', 'changed', async (t, id) => void (await t.event(id, 'go', 1)));
changed('changedFewer', 'changedFewer', async () => {});

scenarios.set('startNoLength', async (t) => {
  const id = t.id();
  const { hostname, port } = new URL(t.target.url);
  const statusLine = await new Promise<string>((resolve, reject) => {
    const path = `/runtime/webhooks/durabletask/orchestrators/echo/${id}`;
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nx-functions-key: ${t.target.key}\r\nConnection: close\r\n\r\n`,
      ),
    );
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('end', () => resolve(text.split('\r\n')[0] ?? ''));
    socket.on('error', reject);
  });
  t.http.push({
    label: 'POST with neither Content-Length nor a body',
    request: { method: 'POST', path: `/orchestrators/echo/${id}` },
    response: { statusLine },
  });
  await t.done(id);
  await t.keep(id);
});
scenarios.set('versionNewer', async (t) => {
  const id = t.id();
  await t.start('stable', id, { query: '?version=2.0.0', label: 'newer than defaultVersion 1.0.0' });
  await pause(1500);
  await t.status(id, '', { label: 'after 5 s' });
  await t.keep(id);
  await t.order(id, 'terminate?reason=x', { label: 'terminate it' });
  await t.done(id);
  await t.status(id, '', { label: 'after terminate' });
});
scenarios.set('version', async (t) => {
  const id = t.id();
  await t.start('stable', id, { query: '?version=0.9.0' });
  await t.done(id);
  await t.keep(id);
});
