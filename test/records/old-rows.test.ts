import { expect, test } from 'vitest';
import { emptyRecord, networkRecord } from '../../shared/records/network-record.ts';
import { historyRecord, remediationRecord, stepRecord } from '../../shared/records/stories.ts';
import { networkId } from '../decide/support/samples.ts';

// Rows as they were written before they got further fields: an update of the app goes on with them.

test('a network without plan and logging', () => {
  const { plan: _, logging: __, ...former } = emptyRecord(networkId);
  expect(networkRecord.parse(former)).toMatchObject({ plan: null, logging: null });
});

test('a change that does not say who, and a step without its writes', () => {
  const change = {
    kind: 'changed',
    resourceId: networkId,
    run: 'r',
    planId: 'p',
    at: '2026-11-01T00:00:00.000Z',
    reason: 'event',
    correlationId: 'c',
    policyHash: 'h',
    before: null,
    after: null,
    code: null,
  };
  expect(historyRecord.parse(change)).toMatchObject({ by: null, writes: [] });
  const step = { run: 'r', step: 's', status: 'done', did: null, code: null, resourceId: networkId, at: change.at };
  expect(stepRecord.parse(step)).toMatchObject({ writes: [] });
});

test('a remediation that keeps its ids, and its networks', () => {
  const at = '2026-11-01T00:00:00.000Z';
  const former = { kind: 'remediation', id: 'i', acceptedAt: at, by: null, request: { networks: [networkId] } };
  expect(remediationRecord.parse({ ...former, complete: true })).toMatchObject({ request: null, dryRun: false });
  expect(remediationRecord.parse({ kind: 'network', networkId })).toMatchObject({ cancelledAt: null, planned: null });
});
