import { describe, expect, test } from 'vitest';
import type { NetworkItem } from '../../shared/work/network-item.ts';
import { networkId, subscriptionId, watcherId } from '../decide/support/samples.ts';
import { enforce, inputOf } from './support/enforce.ts';
import type { Call } from './support/play.ts';
import { done, fatal, networkItem, plan, workItem } from './support/samples.ts';

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

  test('are not begun after ten minutes: a run is meant to end', () => {
    const { names, result } = enforce({ items, plan: compliant, activitySeconds: 200 });
    expect(names).toEqual(['planNetwork', 'settleNetwork', 'planNetwork', 'settleNetwork']);
    expect(result).toMatch(/^2 of 3 networks/);
  });

  test('use the watcher that the first of them was given', () => {
    const { calls } = enforce({ items: items.slice(0, 2), networkWatcherId: null });
    const asked = calls.filter(({ name }) => name === 'ensureNetworkWatcher').map(({ input }) => input);
    expect(asked).toMatchObject([{ resourceId: `${subscriptionId}/westeurope`, policy: 'create' }]);
    const written = calls.filter(({ name }) => name === 'ensureFlowLog').map(({ input }) => input);
    expect(written).toMatchObject(items.slice(0, 2).map(() => ({ flowLogId: expect.stringContaining(watcherId) })));
  });
});

test("a person's row speaks for the network, with the latest time that it was asked for", () => {
  const rows = [
    workItem(networkId, { reason: 'tamper', touchedAt: '2026-11-23T08:00:00Z' }),
    workItem(networkId, { reason: 'manual', touchedAt: '2026-11-23T07:00:00Z' }),
  ];
  const { calls } = enforce({ items: [networkItem(networkId, rows)] });
  expect(inputOf(calls, 'requireDestination')).toMatchObject({ reason: 'manual', askedAt: '2026-11-23T08:00:00Z' });
  expect(inputOf(calls, 'admitChange')).toMatchObject({ rows: [{ reason: 'tamper' }, { reason: 'manual' }] });
});

test('a lane without networks calls nothing', () => {
  expect(enforce({ items: [] }).names).toEqual([]);
});
