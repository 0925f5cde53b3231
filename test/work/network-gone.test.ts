import { expect, test } from 'vitest';
import { emptyRecord } from '../../shared/records/network-record.ts';
import { recordAfter } from '../../shared/work/after-a-run.ts';
import { networkId } from '../decide/support/samples.ts';
import { networkItem, plan, problem } from '../orchestrations/support/samples.ts';

const now = new Date('2026-11-23T08:00:00Z');
const run = { lane: { kind: 'subscription', subscriptionId: 's' }, generation: 1, runId: 'run-2' } as const;
const repair = { planId: 'p', field: 'enabled', value: 'true', at: '2026-11-23T07:00:00Z', undone: true };
const before = { ...emptyRecord(networkId), repairs: [repair] };

test.each([
  ['is gone', { verdict: { state: 'Gone' }, change: null, resourceGuid: null }, { kind: 'planned' }, []],
  [
    'left its log behind',
    { verdict: { state: 'Orphaned', problem: problem('NetworkGone') }, resourceGuid: null },
    { kind: 'collected' },
    [],
  ],
  ['is there', {}, { kind: 'stopped', because: 'policyChanged' }, [repair]],
] as const)('of a network that %s the fights are over, or go on', (_, changes, outcome, repairs) => {
  const settling = { run, item: networkItem(networkId), plan: plan(changes), outcome };
  expect(recordAfter(settling, before, now).repairs).toEqual(repairs);
});
