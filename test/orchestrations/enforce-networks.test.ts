import { describe, expect, test } from 'vitest';
import { desired, flowLog, flowLogId, networkId, now, principalId, watcherId } from '../decide/support/samples.ts';
import { enforce, inputOf, outcomeOf, proven } from './support/enforce.ts';
import { done, fatal, fenced, networkItem, plan, problem, run, settings, updating } from './support/samples.ts';

const wholeWay = [
  'planNetwork',
  'requireDestination',
  'admitChange',
  'ensureFlowLog',
  'verifyFlowLog',
  'settleNetwork',
];

describe('a network that needs a change', () => {
  test('gets its watcher, its destination, its flow log and the proof, in this order, and is settled', () => {
    const { names, calls, result } = enforce();
    expect(names).toEqual(wholeWay);
    expect(outcomeOf(calls)).toEqual({ kind: 'changed', did: 'created', flowLog: proven });
    expect(result).toBe('1 networks');
  });

  test('gets a new flow log under our name, in the watcher of its region', () => {
    expect(inputOf(enforce().calls, 'ensureFlowLog')).toEqual({
      run,
      policyEtag: '"e1"',
      about: networkId,
      correlationId: `correlation of ${networkId}`,
      resourceId: `${watcherId}/flowLogs/${desired().name}`,
      flowLogId: `${watcherId}/flowLogs/${desired().name}`,
      location: 'westeurope',
      targetResourceId: networkId,
      settings,
      undoTo: { kind: 'absent' },
    });
  });

  test('keeps the flow log that it has, under whatever name', () => {
    const { calls } = enforce({ plan: updating, flowLog: done(flowLog(), 'updated') });
    expect(inputOf(calls, 'ensureFlowLog')).toMatchObject({ flowLogId, resourceId: flowLogId });
    expect(outcomeOf(calls)).toMatchObject({ kind: 'changed', did: 'updated' });
  });

  test('is proven against what was written, and the principal of its destination', () => {
    expect(inputOf(enforce().calls, 'verifyFlowLog')).toMatchObject({
      written: flowLog({ id: 'written' }),
      settings,
      principalId,
    });
  });
});

describe('nothing is written', () => {
  test.each([
    { what: 'to a compliant network', planned: plan({ verdict: { state: 'Compliant' }, change: null }) },
    { what: 'in audit', planned: plan({ because: 'audit' }) },
    { what: 'to a held network', planned: plan({ because: 'held', until: '2026-12-01T00:00:00Z' }) },
  ])('$what', ({ planned }) => {
    const { names, calls } = enforce({ plan: planned });
    expect(names).toEqual(['planNetwork', 'settleNetwork']);
    expect(calls[1]?.input).toEqual({ run, item: networkItem(), plan: planned, outcome: { kind: 'planned' } });
  });

  test('to a network that could not be planned: it is settled without a plan, with the problem', () => {
    const { names, calls } = enforce({ plan: () => fatal('AuthorizationFailed') });
    expect(names).toEqual(['planNetwork', 'settleNetwork']);
    expect(calls[1]?.input).toMatchObject({
      plan: null,
      outcome: { kind: 'failed', problem: { code: 'AuthorizationFailed' }, leftovers: [] },
    });
  });

  test('where the region has no watcher and may not get one', () => {
    const { names, calls } = enforce({ networkWatcherId: null, watcher: fatal('NoNetworkWatcher') });
    expect(names).toEqual(['planNetwork', 'ensureNetworkWatcher', 'settleNetwork']);
    expect(outcomeOf(calls)).toMatchObject({ kind: 'failed', problem: { code: 'NoNetworkWatcher' } });
  });

  test.each([
    { kind: 'waiting', account: 'stlogswest', answers: 2 },
    { kind: 'blocked', problem: problem('ScopeLocked'), until: now },
  ] as const)('while its destination is $kind', (destination) => {
    const { names, calls } = enforce({ destination });
    expect(names).toEqual(['planNetwork', 'requireDestination', 'settleNetwork']);
    expect(outcomeOf(calls)).toEqual(destination);
  });

  test.each([
    { kind: 'paused', until: '2026-11-23T10:00:00Z', problem: problem('HourlyLimitReached'), turn: null },
    { kind: 'stopped', because: 'policyChanged' },
  ] as const)('where the limits say $kind', (admitted) => {
    const { names, calls } = enforce({ admitted });
    expect(names).toEqual(['planNetwork', 'requireDestination', 'admitChange', 'settleNetwork']);
    expect(outcomeOf(calls)).toEqual(admitted);
  });
});

describe('a flow log that could not be written', () => {
  test('is taken back: to its former settings, only where it still has ours', () => {
    const { names, calls } = enforce({ plan: updating, flowLog: fatal('RequestDisallowedByPolicy') });
    expect(names.slice(-3)).toEqual(['ensureFlowLog', 'undoStep', 'settleNetwork']);
    expect(inputOf(calls, 'undoStep')).toMatchObject({
      undo: {
        step: 'ensureFlowLog',
        resourceId: flowLogId,
        to: { kind: 'settings', before: { ...settings, enabled: false }, ifStill: settings },
      },
    });
    expect(outcomeOf(calls)).toMatchObject({ problem: { code: 'RequestDisallowedByPolicy' }, leftovers: [] });
  });

  test('is taken back to absent where there was none', () => {
    const { calls } = enforce({ flowLog: fatal('InternalServerError') });
    expect(inputOf(calls, 'undoStep')).toMatchObject({ undo: { to: { kind: 'absent' } } });
  });

  test('and not taken back either is reported by its id', () => {
    const { calls } = enforce({ flowLog: fatal('InternalServerError'), undo: fatal('ScopeLocked') });
    expect(outcomeOf(calls)).toMatchObject({ kind: 'failed', flowLogId: null, leftovers: [flowLogId] });
  });
});

test('a flow log that was written and could not be proven is kept: it records', () => {
  const { names, calls } = enforce({ proof: fatal('NotVerified') });
  expect(names).toEqual(wholeWay);
  const written = `${watcherId}/flowLogs/${desired().name}`;
  expect(outcomeOf(calls)).toEqual({
    kind: 'failed',
    problem: problem('NotVerified', 'owner'),
    flowLogId: written,
    leftovers: [],
  });
});

describe('a run that is stopped calls no further step of the network, and undoes nothing', () => {
  test.each([
    {
      what: 'because the network is in another region now',
      options: { plan: () => ({ status: 'stopped', because: 'relocated' }) as const },
      names: ['planNetwork'],
    },
    {
      what: 'by the fence, at the watcher',
      options: { networkWatcherId: null, watcher: fenced },
      names: ['planNetwork', 'ensureNetworkWatcher'],
    },
    {
      what: 'by the fence, at the flow log',
      options: { flowLog: fenced },
      names: ['planNetwork', 'requireDestination', 'admitChange', 'ensureFlowLog'],
    },
    {
      what: 'by another policy',
      options: { flowLog: { status: 'stopped', because: 'policyChanged' } as const },
      names: ['planNetwork', 'requireDestination', 'admitChange', 'ensureFlowLog'],
    },
  ])('$what', ({ options, names }) => {
    const played = enforce(options);
    expect(played.names).toEqual([...names, 'settleNetwork']);
    expect(outcomeOf(played.calls)).toMatchObject({ kind: 'stopped' });
  });
});
