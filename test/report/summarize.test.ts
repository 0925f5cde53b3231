import { describe, expect, test } from 'vitest';
import { emptyRecord, type NetworkRecord } from '../../shared/records/network-record.ts';
import { azureInitiatives } from '../../shared/report/azure-initiatives.ts';
import { azurePolicies, meets } from '../../shared/report/azure-policies.ts';
import { newSummary } from '../../shared/report/summarize.ts';
import { flowLogId, networkId } from '../decide/support/samples.ts';

const record = (changes: Partial<NetworkRecord>): NetworkRecord => ({
  ...emptyRecord(networkId),
  state: 'Compliant',
  flowLogId,
  logging: { enabled: true, trafficAnalytics: true },
  checkedAt: '2026-11-25T12:00:00.000Z',
  ...changes,
});
const none = { flowLogId: null, logging: null };
const disabled = { logging: { enabled: false, trafficAnalytics: true } };
const plain = { logging: { enabled: true, trafficAnalytics: false } };

describe('a definition of Azure Policy', () => {
  test.each([
    ['a network without a log', record({ state: 'NonCompliant', ...none }), [false, false, false]],
    ['a disabled log: configured it is', record({ state: 'NonCompliant', ...disabled }), [true, false, true]],
    ['a log without analytics', record(plain), [true, true, false]],
    ['a log with everything', record({}), [true, true, true]],
    ['a log that was not looked at', record({ state: 'Blocked', logging: null }), [true, null, null]],
    ['a network that could not be read', record({ state: 'Unknown', ...none }), [null, null, null]],
    ['a network that nobody has looked at', record({ state: 'Pending', ...none }), [null, null, null]],
  ])('is met or not by %s', (_, one, expected) => {
    expect((['flowLog', 'enabled', 'trafficAnalytics'] as const).map((asks) => meets(one, asks))).toEqual(expected);
  });

  test('is known where an initiative names it, and is listed once', () => {
    const ids = azurePolicies.map(({ id }): string => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(azureInitiatives.map(({ id }) => id)).size).toBe(azureInitiatives.length);
    for (const { id, policies } of azureInitiatives) {
      expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(policies.length > 0 && policies.every((held) => ids.includes(held))).toBe(true);
    }
  });
});

describe('a summary', () => {
  const summaryOf = (records: readonly NetworkRecord[]) => {
    const summary = newSummary();
    for (const one of records) summary.add(one);
    return summary.result();
  };
  const metBy = (records: readonly NetworkRecord[]) => ({
    policies: summaryOf(records).azurePolicies.filter(({ isMet }) => isMet).length,
    initiatives: summaryOf(records).azureInitiatives.filter(({ isMet }) => isMet).length,
  });

  test('of nothing meets nothing', () => {
    expect(metBy([])).toEqual({ policies: 0, initiatives: 0 });
    expect(summaryOf([])).toMatchObject({ asOf: null, networks: 0, states: {}, attention: [] });
  });

  test('of networks that have everything meets everything; one that lacks something is enough', () => {
    expect(metBy([record({}), record({})])).toEqual({ policies: 5, initiatives: 8 });
    expect(metBy([record({}), record(plain)])).toEqual({ policies: 3, initiatives: 3 });
    expect(metBy([record({}), record({ state: 'NonCompliant', ...none })])).toEqual({ policies: 0, initiatives: 0 });
    expect(metBy([record({}), record({ state: 'Unknown', ...none })])).toEqual({ policies: 0, initiatives: 0 });
  });

  test('leaves to others what is exempt or out of scope, and forgets what is gone', () => {
    const left = [
      record({ state: 'Exempt', ...none }),
      record({ state: 'OutOfScope', ...none }),
      record({ state: 'Gone', ...none }),
    ];
    expect(metBy([record({}), ...left])).toEqual({ policies: 5, initiatives: 8 });
    expect(summaryOf(left)).toMatchObject({ networks: 2, states: { Exempt: 1, OutOfScope: 1 }, attention: [] });
  });

  test('names what needs attention, 200 at most, and says how many more there are', () => {
    const wrong = Array.from({ length: 203 }, (_, index) => record({ id: `${networkId}-${index}`, state: 'Blocked' }));
    const { attention, attentionLeftOut } = summaryOf(wrong);
    expect([attention.length, attentionLeftOut]).toEqual([200, 3]);
  });
});
