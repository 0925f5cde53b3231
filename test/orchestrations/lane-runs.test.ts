import { describe, expect, test } from 'vitest';
import { enforceSubscription } from '../../orchestrations/enforce-subscription.ts';
import { provideDestination } from '../../orchestrations/provide-destination.ts';
import { remediateSelection } from '../../orchestrations/remediate-selection.ts';
import type { StepAnswer } from '../../shared/steps/contract.ts';
import { paces } from '../../shared/steps/pace.ts';
import { networkId, watcherId } from '../decide/support/samples.ts';
import { type Answer, play, startedAt } from './support/play.ts';
import { answers, destinationRun, done, fatal, subscriptionRun, workItem } from './support/samples.ts';

const run = { ...subscriptionRun, runId: 'guid-of-lane-1' };
const items = ['a', 'b', 'c'].map((name) => workItem(`${networkId}-${name}`));

function laneOf(location: string, ...rows: typeof items) {
  const networks = rows.map(({ target, rowKey }) => ({
    networkId: target.id,
    flowLogName: `log of ${rowKey}`,
    otherLogNames: { duplicates: [`second of ${rowKey}`], overriding: [] },
    rowKeys: [rowKey],
  }));
  return { location, networkWatcherId: watcherId, networks };
}
const laneInput = (location: string, ...rows: typeof items) => ({
  run,
  location,
  networkWatcherId: watcherId,
  items: rows.map((row) => ({
    networkId: row.target.id,
    flowLogId: `${watcherId}/flowLogs/log of ${row.rowKey}`,
    otherLogs: { duplicates: [`${watcherId}/flowLogs/second of ${row.rowKey}`], overriding: [] },
    location,
    rows: [row],
  })),
});

function enforce(activities: Record<string, Answer> = {}, locate: StepAnswer<unknown> = done({ lanes: [] })) {
  return play(enforceSubscription, {
    input: subscriptionRun,
    activities: {
      takeBatch: () => ({ kind: 'batch', items }),
      locate: answers('locate', () => locate),
      parkItems: () => null,
      closeRun: () => ({ kind: 'closed', next: null }),
      ...activities,
    },
    orchestrators: { enforceNetworks: () => 'ended' },
  });
}

describe("a subscription's run", () => {
  test('takes, locates, works on all lanes side by side, each with its own rows, and closes', () => {
    const [a, b, c] = items;
    if (!a || !b || !c) throw new Error('three items');
    const lanes = [laneOf('westeurope', a, c), laneOf('northeurope', b)];
    const { names, calls, fans } = enforce({}, done({ lanes }));
    expect(names).toEqual(['takeBatch', 'locate', 'enforceNetworks', 'enforceNetworks', 'closeRun']);
    expect(fans).toEqual([2]);
    expect(calls.slice(2, 4).map(({ input }) => input)).toEqual([
      laneInput('westeurope', a, c),
      laneInput('northeurope', b),
    ]);
  });

  test('with no lanes only closes: Task.all of nothing would fail it', () => {
    const { names, fans } = enforce();
    expect(names).toEqual(['takeBatch', 'locate', 'closeRun']);
    expect(fans).toEqual([]);
  });

  test('with an empty batch asks Azure nothing, and closes', () => {
    expect(enforce({ takeBatch: () => ({ kind: 'batch', items: [] }) }).names).toEqual(['takeBatch', 'closeRun']);
  });

  test('parks a batch that could not be looked at', () => {
    const { names, calls } = enforce({}, fatal('AuthorizationFailed'));
    expect(names).toEqual(['takeBatch', 'locate', 'parkItems', 'closeRun']);
    expect(calls[2]?.input).toMatchObject({ run, items, problem: { code: 'AuthorizationFailed' } });
  });

  test('says which generation goes on', () => {
    expect(enforce({ closeRun: () => ({ kind: 'closed', next: 8 }) }).result).toBe('3 items; generation 8 goes on');
  });
});

describe.each([
  { name: 'enforceSubscription', orchestrator: enforceSubscription, input: subscriptionRun },
  { name: 'provideDestination', orchestrator: provideDestination, input: destinationRun },
])('$name', ({ orchestrator, input }) => {
  const playRun = (activities: Record<string, Answer>) => play(orchestrator, { input, activities });

  test('that does not own its lane calls nothing more, not even its close', () => {
    const { names, result } = playRun({ takeBatch: () => ({ kind: 'fenced' }) });
    expect(names).toEqual(['takeBatch']);
    expect(result).toMatch(/^fenced/);
  });

  test('waits by a timer until what settles is due, and asks again', () => {
    const until = new Date(startedAt.getTime() + 31_000).toISOString();
    const { names, timers } = playRun({
      takeBatch: (_: unknown, call: number) => (call < 3 ? { kind: 'wait', until } : { kind: 'batch', items: [] }),
      closeRun: () => ({ kind: 'closed', next: null }),
    });
    expect(names).toEqual(['takeBatch', 'takeBatch', 'takeBatch', 'closeRun']);
    expect(timers).toEqual([31, 0]);
  });

  test('repeats an activity that throws, and goes on', () => {
    const { names, timers } = playRun({
      takeBatch: (_: unknown, call: number) => (call < 3 ? new Error('table busy') : { kind: 'batch', items: [] }),
      closeRun: () => ({ kind: 'closed', next: null }),
    });
    expect(names).toEqual(['takeBatch', 'takeBatch', 'takeBatch', 'closeRun']);
    expect(timers.map((seconds) => seconds >= paces.fast.firstSeconds)).toEqual([true, true]);
  });

  test('fails with the error of an activity that goes on throwing: the watchdog takes over', () => {
    const broken = { takeBatch: () => ({ kind: 'batch', items: [] }), closeRun: () => new Error('no table') };
    expect(() => playRun(broken)).toThrow('no table');
  });

  test('without its lane fails, and names the instance', () => {
    expect(() => play(orchestrator, { activities: {}, instanceId: 'lost-3' })).toThrow('lost-3');
  });
});

test('a selection goes page by page to its end, and is then noted as finished', () => {
  const selection = { kind: 'sweep', policyEtag: 'e1', startedAt: startedAt.toISOString() };
  const { calls, result } = play(remediateSelection, {
    input: selection,
    activities: {
      selectPage: (_: unknown, call: number) => ({
        skipToken: call < 3 ? `page ${call + 1}` : null,
        after: `id ${call}`,
        selected: call,
        networksByState: { Compliant: 10, [call < 2 ? 'Blocked' : 'Silent']: 1 },
      }),
      proveDelivery: () => null,
      finishSelection: () => null,
    },
  });
  const cause = `sweep ${startedAt.toISOString()}`;
  expect(calls).toEqual([
    { name: 'selectPage', input: { selection, skipToken: null, after: '' } },
    { name: 'proveDelivery', input: { cause, after: '', upTo: 'id 1' } },
    { name: 'selectPage', input: { selection, skipToken: 'page 2', after: 'id 1' } },
    { name: 'proveDelivery', input: { cause, after: 'id 1', upTo: 'id 2' } },
    { name: 'selectPage', input: { selection, skipToken: 'page 3', after: 'id 2' } },
    { name: 'proveDelivery', input: { cause, after: 'id 2', upTo: 'id 3' } },
    {
      name: 'finishSelection',
      input: { selection, selected: 6, networksByState: { Compliant: 30, Blocked: 1, Silent: 2 } },
    },
  ]);
  expect(result).toBe('6 networks selected');
});

test('a sweep waits for Resource Graph before it goes on from a page whose flow logs were not looked for', () => {
  const page = { skipToken: null, after: 'id 1', selected: 0, networksByState: {} };
  const { names, timers } = play(remediateSelection, {
    input: { kind: 'sweep', policyEtag: 'e1', startedAt: startedAt.toISOString() },
    activities: {
      selectPage: () => page,
      proveDelivery: (_: unknown, call: number) => (call < 2 ? 4 : null),
      finishSelection: () => null,
    },
  });
  expect(names).toEqual(['selectPage', 'proveDelivery', 'proveDelivery', 'finishSelection']);
  expect(timers).toEqual([5]);
});

test('a selection waits as long as Resource Graph asks for, and goes on at its page', () => {
  const page = { skipToken: null, after: '', selected: 0, networksByState: {} };
  const { names, timers } = play(remediateSelection, {
    input: { kind: 'remediation', remediationId: 'r-1', filter: {} },
    activities: {
      selectPage: (_: unknown, call: number) => (call < 3 ? { ...page, waitSeconds: 7 } : page),
      finishSelection: () => null,
    },
  });
  expect(names).toEqual(['selectPage', 'selectPage', 'selectPage', 'finishSelection']);
  // Timers fire up to a second early.
  expect(timers).toEqual([8, 8]);
});
