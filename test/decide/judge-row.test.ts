import { describe, expect, test } from 'vitest';
import type { FlowLogFacts } from '../../shared/decide/facts.ts';
import { newDestination } from '../../shared/records/destination-body.ts';
import type { NetworkRecord } from '../../shared/records/network-record.ts';
import { emptyRecord } from '../../shared/records/network-record.ts';
import { judgeRow } from '../../shared/work/judge-row.ts';
import {
  document,
  flowLog,
  identityId,
  network,
  networkId,
  noAncestors,
  now,
  policyOf,
  principalId,
} from './support/samples.ts';

const identity = { kind: 'given', identityId: { westeurope: identityId('id-west') } };

function judge(text: object, flowLogs: readonly FlowLogFacts[], before: NetworkRecord | null, principal = principalId) {
  const current = {
    policy: policyOf(text),
    etag: '"e1"',
    hash: 'h1',
    text: '',
    statedEtag: '"e1"',
    refused: null,
    pending: null,
    approved: null,
  };
  const destination = {
    ...newDestination,
    state: 'ready' as const,
    identityId: identityId('id-west'),
    principalId: principal,
  };
  const destinations = new Map([['stlogswest', destination]]);
  return judgeRow({ network: network(), flowLogs, overridingLogs: [] }, before, {
    current,
    destinations,
    ancestors: noAncestors,
    isOurs: () => true,
    at: now,
  });
}

const enforce = document({}, { identity });
const audit = document({ mode: 'audit' }, { identity });
const recorded = (changes: Partial<NetworkRecord> = {}): NetworkRecord => ({ ...emptyRecord(networkId), ...changes });

describe('a run has to look', () => {
  test.each([
    { what: 'at a network without flow log', logs: [], before: null },
    {
      what: 'at a network that drifted',
      logs: [flowLog({ enabled: false })],
      before: recorded({ state: 'Compliant' }),
    },
    {
      what: 'where the row claims better than what we saw: it may be old',
      logs: [flowLog()],
      before: recorded({ state: 'Blocked' }),
    },
  ])('$what', ({ logs, before }) => {
    expect(judge(enforce, logs, before)).toMatchObject({ needsRun: true, record: null });
  });

  test('at a log that is bound to the principal of an identity that was made anew', () => {
    expect(judge(enforce, [flowLog()], recorded({ state: 'Compliant' }), 'another').needsRun).toBe(true);
  });
});

describe('the record is enough', () => {
  test('for a compliant network that nobody has seen before', () => {
    expect(judge(enforce, [flowLog()], null)).toMatchObject({
      needsRun: false,
      record: {
        id: networkId,
        state: 'Compliant',
        location: 'westeurope',
        policyHash: 'h1',
        checkedAt: now,
        drifts: [],
      },
    });
  });

  test('in audit: it tells what would be done, and why it is not', () => {
    expect(judge(audit, [], null)).toMatchObject({
      needsRun: false,
      record: { state: 'NonCompliant', action: 'create', because: 'audit', drifts: [{ check: 'noFlowLog' }] },
    });
  });

  test('with the policy off: what was last seen of the network stands', () => {
    const before = recorded({ state: 'Compliant', flowLogId: 'f', checkedAt: '2026-11-22T09:00:00Z' });
    const { needsRun, record } = judge(document({ mode: 'off' }, { identity }), [], before);
    expect(needsRun).toBe(false);
    expect(record).toEqual({ ...before, because: 'off', policyHash: 'h1', checkedAt: now });
  });

  test('and is not written again where it says the same', () => {
    const first = judge(audit, [flowLog({ enabled: false })], null).record;
    const later = first && { ...first, checkedAt: '2026-11-22T09:00:00Z' };
    expect(judge(audit, [flowLog({ enabled: false })], later).record).toBeNull();
    expect(judge(audit, [flowLog({ retentionDays: 3 })], later).record).not.toBeNull();
  });
});

describe('a network that a run has found to be contested', () => {
  const repair = (planId: string) => ({
    planId,
    field: 'enabled',
    value: 'true',
    at: '2026-11-22T09:00:00Z',
    undone: true,
  });
  const repairs = ['one', 'two', 'three'].map(repair);
  const problem = {
    code: 'Contested',
    message: 'Somebody.',
    resourceId: networkId,
    actor: 'owner',
    runbook: 'r',
  } as const;
  const contested = recorded({ state: 'Contested', problem, fields: ['enabled'], repairs });

  test('stays so without a run, with who it was', () => {
    expect(judge(enforce, [flowLog({ enabled: false })], contested)).toMatchObject({
      needsRun: false,
      record: {
        state: 'Contested',
        because: 'contested',
        fields: ['enabled'],
        problem,
        drifts: [{ check: 'disabled' }],
      },
    });
  });

  test('is looked at where the other has given in', () => {
    expect(judge(enforce, [flowLog()], contested).needsRun).toBe(true);
  });

  test('is looked at where the count is full and nobody has said so yet', () => {
    expect(judge(enforce, [flowLog({ enabled: false })], { ...contested, state: 'Compliant' }).needsRun).toBe(true);
  });

  test('counts anew after a day in peace', () => {
    const peaceful = judge(enforce, [flowLog()], { ...contested, state: 'Compliant' }).record;
    expect(peaceful?.repairs).toEqual([]);
  });
});
