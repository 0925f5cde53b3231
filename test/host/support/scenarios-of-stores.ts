import type { Play } from './driver.ts';
import { scenarios } from './scenarios.ts';

// Lists, purges, restarts, ids that are in use, and the SDK's client inside a function.

scenarios.set('list', async (t) => {
  const from = new Date().toISOString();
  for (let n = 0; n < 5; n++) await t.start('echo', t.id(`-${n}`), { body: n, keep: false });
  for (let n = 0; n < 5; n++) await t.done(t.id(`-${n}`));
  const prefix = `instanceIdPrefix=${t.id()}`;
  const token = 'x-ms-continuation-token';
  await t.call('GET', `/instances?${prefix}`, { label: 'by prefix' });
  let page = await t.call('GET', `/instances?${prefix}&top=2`, { label: 'page 1' });
  for (let n = 2; n < 6 && page.headers[token]; n++) {
    page = await t.call('GET', `/instances?${prefix}&top=2`, {
      headers: { [token]: page.headers[token] },
      label: `page ${n}`,
    });
  }
  for (const query of [
    'runtimeStatus=Completed',
    'runtimeStatus=Failed',
    'runtimeStatus=failed',
    'runtimeStatus=Nonsense',
    'runtimeStatus=Completed,Failed',
    'showInput=false',
    `createdTimeFrom=${from}`,
    'createdTimeFrom=2100-01-01T00:00:00Z',
    'createdTimeFrom=nonsense',
  ]) {
    await t.call('GET', `/instances?${prefix}&${query}`, { label: query });
  }
  await t.call('DELETE', '/instances', { label: 'purge without createdTimeFrom' });
  await t.call('DELETE', '/instances?createdTimeFrom=2100-01-01T00:00:00Z', { label: 'purge, nothing matches' });
  await t.call('DELETE', `/instances?createdTimeFrom=${from}&runtimeStatus=Completed`, { label: 'purge by filter' });
});
scenarios.set('purge', async (t) => {
  await t.call('DELETE', '/instances/no-such-instance', { label: 'unknown' });
  const id = t.id();
  await t.start('event', id);
  await t.running(id);
  await t.call('DELETE', `/instances/${id}`, { label: 'running' });
  await t.event(id, 'go', 1);
  await t.done(id);
  await t.call('DELETE', `/instances/${id}`, { label: 'completed' });
  await t.status(id, '', { label: 'afterwards' });
});
scenarios.set('purgeMore', async (t) => {
  const id = t.id();
  await t.start('subSlow', id);
  await t.done(id);
  await t.call('DELETE', `/instances/${id}`, { label: 'parent with a child' });
  await t.status(`${id}-child`, '', { label: 'the child afterwards' });
  const again = t.id('-again');
  await t.start('echo', again, { body: 1 });
  await t.done(again);
  await t.call('DELETE', `/instances/${again}`, { label: 'completed' });
  await t.start('echo', again, { body: 2, label: 'start after purge' });
  await t.done(again);
  await t.keep(again);
});
scenarios.set('restart', async (t) => {
  await t.order('no-such-instance', 'restart', { label: 'unknown' });
  const id = t.id();
  await t.start('event', id, { body: 'in' });
  await t.running(id);
  await t.order(id, 'restart?restartWithNewInstanceId=false', { label: 'running, same id' });
  await t.event(id, 'go', 1);
  await t.done(id);
  await t.order(id, 'restart?restartWithNewInstanceId=false', { label: 'completed, same id' });
  await t.order(id, 'restart', { label: 'new id' });
  await t.running(id);
  await t.order(id, 'terminate?reason=x', { keep: false });
  await t.done(id);
  await t.keep(id);
});
scenarios.set('waitForCompletion', async (t) => {
  await t.start('echo', t.id('-ok'), { body: { a: 1 }, query: '?timeout=15&pollingInterval=1', label: 'completes' });
  await t.start('activityThrows', t.id('-fail'), { query: '?timeout=15&pollingInterval=1', label: 'fails' });
  await t.start('event', t.id('-late'), { query: '?timeout=2&pollingInterval=1', label: 'too late' });
  await t.start('echo', t.id('-odd'), {
    body: 1,
    query: '?timeout=1&pollingInterval=5',
    label: 'interval over timeout',
  });
  await t.order(t.id('-late'), 'terminate?reason=x', { keep: false });
  await t.done(t.id('-late'));
});
scenarios.set('subIdInUse', async (t) => {
  const used = t.id('-used');
  await t.start('echo', used, { body: 'first life' });
  await t.done(used);
  const over = t.id('-overCompleted');
  await t.start('subGivenId', over, { body: used, label: 'child id of a completed instance' });
  await t.done(over);
  await t.keep(over, used);
  const busy = t.id('-busy');
  await t.start('event', busy, { body: 'first life' });
  await t.running(busy);
  const running = t.id('-overRunning');
  await t.start('subGivenId', running, { body: busy, label: 'child id of a running instance' });
  await t.done(running);
  await t.event(busy, 'go', 1, { label: 'event for the one that was running' });
  await t.keep(running, busy);
  const twice = t.id('-twice');
  await t.start('subSameIdTwice', twice);
  await t.done(twice);
  await t.keep(twice, `${twice}-child`);
});
scenarios.set('statusKept', async (t) => {
  const id = t.id();
  await t.start('statusKept', id);
  await t.until(id, (body) => body.customStatus);
  await t.status(id, '', { label: 'round 0' });
  await t.event(id, 'next', 0);
  await t.until(id, (body) => body.input === 1);
  await t.status(id, '', { label: 'round 1, where nothing was set' });
  await t.event(id, 'next', 1);
  await t.done(id);
  await t.keep(id);
});

type SdkCall = [call: string, ...args: unknown[]];
const calls = (t: Play, label: string, ...list: SdkCall[]) =>
  t.call('POST', `${t.target.url}/api/client`, { body: list.map(([call, ...args]) => ({ call, args })), label });

scenarios.set('client', async (t) => {
  const id = t.id();
  await calls(
    t,
    'start',
    ['startNew', 'event', { instanceId: id, input: { a: 1 } }],
    ['startNew', 'event', { instanceId: id, input: 2 }],
    ['startNew', 'nobodyHome', { instanceId: t.id('-unknown') }],
  );
  await t.running(id);
  await calls(
    t,
    'while running',
    ['startNew', 'event', { instanceId: id, input: 2 }],
    ['getStatus', id],
    ['getStatus', 'no-such-instance'],
    ['raiseEvent', 'no-such-instance', 'go', 1],
    ['terminate', 'no-such-instance', 'x'],
    ['suspend', 'no-such-instance', 'x'],
    ['resume', id, 'not suspended'],
    ['rewind', id, 'running'],
    ['purgeInstanceHistory', id],
    ['purgeInstanceHistory', 'no-such-instance'],
    ['createHttpManagementPayload', id],
    ['createCheckStatusResponse', id],
  );
  await calls(t, 'end', ['raiseEvent', id, 'go', { b: 2 }]);
  await t.done(id);
  await calls(
    t,
    'afterwards',
    ['getStatus', id, { showHistory: true, showHistoryOutput: true }],
    ['raiseEvent', id, 'go', 1],
    ['terminate', id, 'x'],
    ['suspend', id, 'x'],
    ['rewind', id, 'x'],
    ['getStatusBy', { createdTimeFrom: 'date:2020-01-01T00:00:00Z', runtimeStatus: ['Failed'] }],
    ['startNew', 'echo', { instanceId: id, input: 'second life' }],
    ['readEntityState', { name: 'counter', key: 'nobody' }],
    ['signalEntity', { name: 'counter', key: t.id() }, 'add', 2],
    ['purgeInstanceHistory', t.id('-unknown')],
    [
      'purgeInstanceHistoryBy',
      {
        createdTimeFrom: 'date:2100-01-01T00:00:00Z',
        createdTimeTo: 'date:2100-01-02T00:00:00Z',
        runtimeStatus: ['Completed'],
      },
    ],
  );
  await t.until(id, (body) => body.name === 'echo' && body.runtimeStatus === 'Completed');
  await t.keep(id);
});
