import { type Play, pause } from './driver.ts';
import { scenarios } from './scenarios.ts';

// What clients do with instances: order, ask, list, purge, start again.

scenarios.set('suspend', async (t) => {
  const id = t.id();
  await t.start('event', id);
  await t.running(id);
  await t.order(id, 'suspend?reason=pause');
  await t.until(id, (body) => body.runtimeStatus === 'Suspended');
  await t.status(id, '', { label: 'suspended' });
  await t.order(id, 'suspend?reason=again', { label: 'suspend while suspended' });
  await t.event(id, 'go', 'held');
  await t.seen(id, 'EventRaised');
  await t.status(id, '?showHistory=true', { label: 'event is held' });
  await t.order(id, 'resume?reason=on');
  await t.done(id);
  await t.keep(id);
  await t.order(id, 'resume', { label: 'resume after the end' });
  await t.order(id, 'suspend', { label: 'suspend after the end' });
});
scenarios.set('suspendTerminate', async (t) => {
  const id = t.id();
  await t.start('event', id);
  await t.running(id);
  await t.order(id, 'suspend');
  await t.until(id, (body) => body.runtimeStatus === 'Suspended');
  await t.order(id, 'terminate?reason=end');
  await t.done(id);
  await t.keep(id);
});
scenarios.set('suspendWork', async (t) => {
  const id = t.id();
  await t.start('workAndTimer', id);
  await t.running(id);
  await t.order(id, 'suspend?reason=while%20working');
  await t.seen(id, 'TaskCompleted');
  await t.seen(id, 'TimerFired');
  await t.status(id, '?showHistory=true', { label: 'timer and activity are over, still suspended' });
  await t.order(id, 'resume?reason=go%20on');
  await t.done(id);
  await t.keep(id);
});
scenarios.set('resumeRunning', async (t) => {
  const id = t.id();
  await t.start('event', id);
  await t.running(id);
  await t.order(id, 'resume');
  await t.order(id, 'terminate', { label: 'no reason' });
  await t.done(id);
  await t.keep(id);
});
scenarios.set('terminateInFlight', async (t) => {
  const id = t.id();
  await t.start('childSlow', id);
  await t.running(id);
  await t.order(id, 'terminate?reason=enough%20now');
  await t.done(id);
  await t.order(id, 'terminate?reason=twice', { label: 'second terminate' });
  await pause(6000);
  await t.keep(id);
});
scenarios.set('terminateParent', async (t) => {
  const id = t.id();
  const child = `${id}-child`;
  await t.start('subSlow', id);
  await t.running(id);
  await t.running(child);
  await t.order(id, 'terminate?reason=parent');
  await t.done(id);
  await t.status(child, '', { label: 'child right after' });
  await t.done(child);
  await t.keep(id, child);
});
scenarios.set('terminateChild', async (t) => {
  const id = t.id();
  const child = `${id}-child`;
  await t.start('subSlow', id);
  await t.running(child);
  await t.order(child, 'terminate?reason=child');
  await t.done(id);
  await t.keep(id, child);
});
scenarios.set('startTwice', async (t) => {
  const id = t.id();
  await t.start('event', id, { body: 1, label: 'first' });
  await t.running(id);
  await t.start('event', id, { body: 2, label: 'while running' });
  await t.event(id, 'go', 'x');
  await t.done(id);
  await t.start('echo', id, { body: 3, label: 'after completion' });
  await t.until(id, (body) => body.name === 'echo' && body.runtimeStatus === 'Completed');
  await t.keep(id);
});
scenarios.set('startErrors', async (t) => {
  await t.start('nobodyHome', t.id('-unknown'), { body: 1, label: 'unknown function' });
  await t.done(t.id('-unknown'));
  await t.keep(t.id('-unknown'));
  await t.start('echo', t.id('-bad'), { raw: '{bad', label: 'not JSON' });
  await t.start('echo', t.id('-lenient'), { raw: "{'a': 1, b: 2}", label: 'JSON only for a lenient reader' });
  await t.done(t.id('-lenient'));
  await t.keep(t.id('-lenient'));
  await t.call('POST', '/orchestrators/echo', { body: 1, label: 'no id' });
  await t.call('GET', '/orchestrators/echo', { label: 'wrong method' });
  await t.call('GET', '/nothing/here', { label: 'no such route' });
});
scenarios.set('startOverOther', async (t) => {
  const cases: [string, string | null][] = [
    ['Failed', null],
    ['Terminated', 'terminate?reason=x'],
    ['Suspended', 'suspend?reason=x'],
  ];
  for (const [state, order] of cases) {
    const id = t.id(`-${state}`);
    await t.start(state === 'Failed' ? 'throwsAtOnce' : 'event', id, { body: 1, label: `first, to become ${state}` });
    if (order) {
      await t.running(id);
      await t.order(id, order, { keep: false });
    }
    await t.until(id, (body) => body.runtimeStatus === state);
    const again = await t.start('echo', id, { body: 2, label: `while ${state}` });
    if (again.status === 202) await t.until(id, (body) => body.name === 'echo' && body.runtimeStatus === 'Completed');
    await t.status(id, '', { label: `after a start over ${state}` });
    await t.order(id, 'terminate?reason=end', { keep: false });
    await t.done(id);
    await t.keep(id);
  }
});
scenarios.set('startRace', async (t) => {
  for (const fn of ['event', 'echo', 'childSlow']) {
    await Promise.all([0, 1, 2].map((n) => race(t, fn, n)));
  }
  t.http.sort((a, b) => ((a.label ?? '') < (b.label ?? '') ? -1 : 1));
});
async function race(t: Play, fn: string, n: number): Promise<void> {
  const id = t.id(`-${fn}-${n}`);
  // Connections that are open already, so that both starts come at the same time.
  await Promise.all([1, 2].map(() => t.status(id, '', { keep: false })));
  await Promise.all(
    [1, 2].map((k) => t.start(fn, id, { body: { start: k }, label: `${fn} ${n}, start ${k} of two at once` })),
  );
  await t.until(
    id,
    (body) => body.runtimeStatus !== 'Pending' && (fn !== 'echo' || body.runtimeStatus === 'Completed'),
  );
  await t.status(id, '', { label: `${fn} ${n} after 1.5 s` });
  if (fn === 'event') await t.event(id, 'go', 'x', { keep: false });
  await t.done(id);
  await t.keep(id);
}
scenarios.set('oddIds', async (t) => {
  for (const id of [
    'with space',
    'zażółć',
    'a+b',
    'a%25b',
    'a:b',
    "a'b",
    'A-Case',
    'a-case',
    'x'.repeat(100),
    'x'.repeat(257),
    '@entity@like',
    'a#b',
    'a?b',
  ]) {
    const full = `${id}r1`;
    await t.start('echo', full, { body: 1, label: id.slice(0, 40) });
    await t.done(full);
    await t.status(full, '', { label: `status of ${id.slice(0, 40)}` });
  }
});
scenarios.set('status', async (t) => {
  await t.status('no-such-instance', '', { label: 'unknown' });
  const id = t.id();
  await t.start('event', id, { body: { a: 1 } });
  await t.running(id);
  await t.status(id, '', { label: 'running' });
  await t.status(id, '?showInput=false', { label: 'running, no input' });
  await t.status(id, '?showHistory=true', { label: 'running, history' });
  await t.event(id, 'go', { b: 2 });
  await t.done(id);
  for (const query of [
    '',
    '?showHistory=true',
    '?showHistory=true&showHistoryOutput=true',
    '?showHistory=true&showInput=false',
    '?returnInternalServerErrorOnFailure=true',
  ]) {
    await t.status(id, query, { label: `completed ${query}` });
  }
  const bad = t.id('-failed');
  await t.start('activityThrows', bad);
  await t.done(bad);
  for (const query of ['', '?returnInternalServerErrorOnFailure=true', '?showHistory=true&showHistoryOutput=true'])
    await t.status(bad, query, { label: `failed ${query}` });
});
scenarios.set('raiseEventAnswers', async (t) => {
  await t.event('no-such-instance', 'go', 1, { label: 'unknown instance' });
  const id = t.id();
  await t.start('event', id);
  await t.running(id);
  await t.event(id, 'go', undefined, { raw: 'plain', type: 'text/plain', label: 'not JSON by its type' });
  await t.event(id, 'go', undefined, { raw: '{bad', label: 'not JSON' });
  await t.event(id, 'go', undefined, { label: 'no body' });
  await t.event(id, 'go', undefined, { raw: '{"a":1} and more', label: 'JSON, then more' });
  await t.done(id);
  await t.event(id, 'go', 1, { label: 'completed instance' });
  await t.keep(id);
});
scenarios.set('orderErrors', async (t) => {
  for (const what of ['terminate?reason=x', 'suspend?reason=x', 'resume?reason=x'])
    await t.order('no-such-instance', what, { label: `${what.split('?')[0]} of an unknown instance` });
  const id = t.id();
  await t.start('echo', id, { body: 1 });
  await t.done(id);
  for (const what of ['terminate?reason=x', 'suspend?reason=x', 'resume?reason=x', 'rewind?reason=x'])
    await t.order(id, what, { label: `${what.split('?')[0]} of a completed instance` });
  await t.call('POST', `/instances/${id}/nonsense`, { label: 'unknown order' });
  await t.call('PUT', `/instances/${id}`, { label: 'PUT' });
});
