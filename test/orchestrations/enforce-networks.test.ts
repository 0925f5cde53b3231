import { describe, expect, test } from 'vitest';
import { enforceNetworks } from '../../orchestrations/enforce-networks.ts';
import type { StepAnswer } from '../../shared/steps/contract.ts';
import type { DestinationState, NetworkItem, RecordedPlan } from '../../shared/work/network-item.ts';
import {
  desired,
  flowLog,
  flowLogId,
  networkId,
  now,
  principalId,
  subscriptionId,
  watcherId,
} from '../decide/support/samples.ts';
import { type Call, play } from './support/play.ts';
import {
  answers,
  done,
  fatal,
  fenced,
  networkItem,
  plan,
  problem,
  ready,
  run,
  settings,
  updating,
  workItem,
} from './support/samples.ts';

type Options = {
  readonly items?: readonly NetworkItem[];
  readonly networkWatcherId?: string | null;
  readonly plan?: RecordedPlan | ((call: number) => StepAnswer<RecordedPlan>);
  readonly watcher?: StepAnswer<{ networkWatcherId: string }>;
  readonly destination?: DestinationState;
  readonly flowLog?: StepAnswer<unknown>;
  readonly proof?: StepAnswer<unknown>;
  readonly undo?: StepAnswer<null>;
  readonly urgent?: (call: number) => boolean;
};

const proven = flowLog({ id: 'proven' });

function enforce(options: Options = {}) {
  const planned = options.plan ?? plan();
  const { items = [networkItem()], networkWatcherId = watcherId } = options;
  return play(enforceNetworks, {
    input: { run, location: 'westeurope', networkWatcherId, items },
    activities: {
      planNetwork: answers('planNetwork', (call) => (typeof planned === 'function' ? planned(call) : done(planned))),
      ensureNetworkWatcher: answers(
        'ensureNetworkWatcher',
        () => options.watcher ?? done({ networkWatcherId: watcherId }),
      ),
      requireDestination: () => options.destination ?? ready,
      ensureFlowLog: answers('ensureFlowLog', () => options.flowLog ?? done(flowLog({ id: 'written' }))),
      verifyFlowLog: answers('verifyFlowLog', () => options.proof ?? done(proven, 'unchanged')),
      undoStep: answers('undoStep', () => options.undo ?? done(null, 'deleted')),
      settleNetwork: (_: unknown, call: number) => ({ urgent: options.urgent?.(call) ?? false }),
    },
  });
}

const inputOf = (calls: readonly Call[], name: string) => calls.find((call) => call.name === name)?.input;
const outcomeOf = (calls: readonly Call[]) => (inputOf(calls, 'settleNetwork') as { outcome: unknown }).outcome;
const wholeWay = [
  'planNetwork',
  'ensureNetworkWatcher',
  'requireDestination',
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
    expect(names).toEqual(['planNetwork', 'ensureNetworkWatcher', 'requireDestination', 'settleNetwork']);
    expect(outcomeOf(calls)).toEqual(destination);
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

  test('and not taken back either is reported by name', () => {
    const { calls } = enforce({ flowLog: fatal('InternalServerError'), undo: fatal('ScopeLocked') });
    expect(outcomeOf(calls)).toMatchObject({ kind: 'failed', leftovers: [desired().name] });
  });
});

test('a flow log that was written and could not be proven is kept: it records', () => {
  const { names, calls } = enforce({ proof: fatal('NotVerified') });
  expect(names).toEqual(wholeWay);
  expect(outcomeOf(calls)).toMatchObject({ kind: 'failed', problem: problem('NotVerified', 'owner'), leftovers: [] });
});

describe('a run that is stopped calls no further step of the network, and undoes nothing', () => {
  test.each([
    {
      what: 'by the fence, at the watcher',
      options: { watcher: fenced },
      names: ['planNetwork', 'ensureNetworkWatcher'],
    },
    {
      what: 'by the fence, at the flow log',
      options: { flowLog: fenced },
      names: ['planNetwork', 'ensureNetworkWatcher', 'requireDestination', 'ensureFlowLog'],
    },
    {
      what: 'by another policy',
      options: { flowLog: { status: 'stopped', because: 'policyChanged' } as const },
      names: ['planNetwork', 'ensureNetworkWatcher', 'requireDestination', 'ensureFlowLog'],
    },
  ])('$what', ({ options, names }) => {
    const played = enforce(options);
    expect(played.names).toEqual([...names, 'settleNetwork']);
    expect(outcomeOf(played.calls)).toMatchObject({ kind: 'stopped' });
  });
});

describe('several networks', () => {
  const items = ['a', 'b', 'c'].map((name) => networkItem(`${networkId}-${name}`));
  const compliant = plan({ verdict: { state: 'Compliant' }, change: null });
  const settled = (calls: readonly Call[]) =>
    calls.filter(({ name }) => name === 'settleNetwork').map(({ input }) => (input as { item: NetworkItem }).item);

  test('are worked on one after the other, whatever became of the one before', () => {
    const { calls, result } = enforce({ items, plan: (call) => (call === 1 ? fatal('ScopeLocked') : done(compliant)) });
    expect(settled(calls)).toEqual(items);
    expect(result).toBe('3 networks');
  });

  test('make way for more urgent work: what was not begun stays in the inbox', () => {
    const { names, result } = enforce({ items, plan: compliant, urgent: (call) => call === 2 });
    expect(names).toEqual(['planNetwork', 'settleNetwork', 'planNetwork', 'settleNetwork']);
    expect(result).toMatch(/^2 of 3 networks/);
  });

  test('use the watcher that the first of them was given', () => {
    const { calls } = enforce({ items: items.slice(0, 2), networkWatcherId: null });
    const known = calls.filter(({ name }) => name === 'ensureNetworkWatcher').map(({ input }) => input);
    expect(known).toMatchObject([
      { networkWatcherId: null, resourceId: `${subscriptionId}/westeurope`, policy: 'create' },
      { networkWatcherId: watcherId },
    ]);
  });
});

test("a person's row speaks for the network, with the latest time that it was asked for", () => {
  const rows = [
    workItem(networkId, { reason: 'tamper', touchedAt: '2026-11-23T08:00:00Z' }),
    workItem(networkId, { reason: 'manual', touchedAt: '2026-11-23T07:00:00Z' }),
  ];
  const { calls } = enforce({ items: [networkItem(networkId, rows)] });
  expect(inputOf(calls, 'requireDestination')).toMatchObject({ reason: 'manual', askedAt: '2026-11-23T08:00:00Z' });
});

test('a lane without networks calls nothing', () => {
  expect(enforce({ items: [] }).names).toEqual([]);
});
