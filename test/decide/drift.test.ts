import { describe, expect, test } from 'vitest';
import { driftsOf } from '../../shared/decide/drift.ts';
import type { DesiredFlowLog, FlowLogFacts, NetworkFacts } from '../../shared/decide/facts.ts';
import { desired, flowLog, identityId, network, principalId, storageId, workspaceId } from './support/samples.ts';

type Case = {
  readonly check: string;
  readonly flowLog?: Partial<FlowLogFacts>;
  readonly desired?: Partial<DesiredFlowLog>;
  readonly network?: Partial<NetworkFacts>;
  readonly expected: unknown;
  readonly actual: unknown;
};

const wanted = identityId('id-west');
const other = identityId('id-other');
const bound = (id: string, principal: string | null = principalId) => ({ id, principalId: principal });
const hourly = (workspaceResourceId: string) => ({ workspaceResourceId, intervalMinutes: 60 });
const recreated = '55555555-5555-4555-8555-555555555555';

function drifts(one: Omit<Case, 'check' | 'expected' | 'actual'>, principal: string | null = principalId) {
  return driftsOf({
    network: network(one.network),
    flowLog: flowLog(one.flowLog),
    desired: desired(one.desired),
    principalId: principal,
  });
}

test('a flow log that is as the policy wants it has no drift', () => {
  expect(drifts({})).toEqual([]);
});

const cases: readonly Case[] = [
  { check: 'disabled', flowLog: { enabled: false }, expected: true, actual: false },
  {
    check: 'wrongStorage',
    flowLog: { storageId: storageId('stelse') },
    expected: storageId('stlogswest'),
    actual: storageId('stelse'),
  },
  { check: 'identityMissing', flowLog: { identities: [] }, expected: [wanted], actual: [] },
  { check: 'identityWrong', flowLog: { identities: [bound(other)] }, expected: [wanted], actual: [other] },
  {
    check: 'identityExtra',
    flowLog: { identities: [bound(wanted), bound(other)] },
    expected: [wanted],
    actual: [wanted, other],
  },
  {
    check: 'identityExtra',
    desired: { identityId: null },
    expected: [],
    actual: [wanted],
  },
  {
    check: 'identityRecreated',
    flowLog: { identities: [bound(wanted, recreated)] },
    expected: principalId,
    actual: recreated,
  },
  { check: 'retention', flowLog: { retentionDays: 30 }, expected: 0, actual: 30 },
  { check: 'format', flowLog: { formatVersion: 1 }, expected: 2, actual: 1 },
  {
    check: 'filtering',
    flowLog: { enabledFilteringCriteria: 'dstPort=443' },
    expected: '',
    actual: 'dstPort=443',
  },
  { check: 'recordTypes', flowLog: { recordTypes: 'B,E' }, expected: 'B,C,E,D', actual: 'B,E' },
  { check: 'recordTypes', desired: { recordTypes: 'D' }, expected: 'D', actual: 'B,C,E,D' },
  {
    check: 'trafficAnalytics',
    desired: { trafficAnalytics: hourly(workspaceId('law')) },
    expected: workspaceId('law'),
    actual: null,
  },
  {
    check: 'trafficAnalytics',
    flowLog: { trafficAnalytics: hourly(workspaceId('law')) },
    desired: { trafficAnalytics: null },
    expected: null,
    actual: workspaceId('law'),
  },
  {
    check: 'trafficAnalyticsInterval',
    flowLog: { trafficAnalytics: hourly(workspaceId('LAW')) },
    desired: { trafficAnalytics: { ...hourly(workspaceId('law')), intervalMinutes: 10 } },
    expected: 10,
    actual: 60,
  },
  {
    check: 'provisioningFailed',
    flowLog: { provisioningState: 'Failed' },
    expected: 'Succeeded',
    actual: 'Failed',
  },
  {
    check: 'provisioningFailed',
    flowLog: { provisioningState: 'Canceled' },
    expected: 'Succeeded',
    actual: 'Canceled',
  },
  {
    check: 'targetRecreated',
    network: { resourceGuid: recreated },
    expected: recreated,
    actual: network().resourceGuid,
  },
];

describe('each drift is found alone, with what was expected and what is there', () => {
  test.each(cases)('$check', ({ check, expected, actual, ...subject }) => {
    expect(drifts(subject)).toEqual([{ check, expected, actual }]);
  });
});

test('all drifts are reported together, in the order of the table', () => {
  const everything = drifts({
    flowLog: {
      enabled: false,
      storageId: storageId('stelse'),
      identities: [bound(wanted, recreated), bound(other)],
      retentionDays: 7,
      formatVersion: 1,
      enabledFilteringCriteria: 'dstPort=443',
      recordTypes: 'B',
      trafficAnalytics: hourly(workspaceId('other')),
      provisioningState: 'Failed',
    },
    desired: { trafficAnalytics: { ...hourly(workspaceId('law')), intervalMinutes: 10 } },
    network: { resourceGuid: recreated },
  });
  expect(everything.map(({ check }) => check)).toEqual([
    'disabled',
    'wrongStorage',
    'identityExtra',
    'identityRecreated',
    'retention',
    'format',
    'filtering',
    'recordTypes',
    'trafficAnalytics',
    'trafficAnalyticsInterval',
    'provisioningFailed',
    'targetRecreated',
  ]);
});

describe('what is no drift', () => {
  const upper = (text: string) => text.toUpperCase();
  test.each<{ what: string } & Omit<Case, 'check' | 'expected' | 'actual'>>([
    {
      what: 'ids in another case',
      flowLog: { storageId: upper(storageId('stlogswest')), identities: [bound(upper(wanted), upper(principalId))] },
    },
    { what: "the network's guid in another case", network: { resourceGuid: upper(network().resourceGuid ?? '') } },
    { what: 'a guid of the network that Azure did not say', network: { resourceGuid: null } },
    { what: 'a guid of the target that Azure did not say', flowLog: { targetResourceGuid: null } },
    { what: 'a write that is still running', flowLog: { provisioningState: 'Updating' } },
    { what: 'no identity where none is wanted', flowLog: { identities: [] }, desired: { identityId: null } },
    {
      what: 'traffic analytics that the policy says nothing of',
      flowLog: { trafficAnalytics: hourly(workspaceId('law')) },
    },
    {
      what: 'a workspace in another case',
      flowLog: { trafficAnalytics: hourly(upper(workspaceId('law'))) },
      desired: { trafficAnalytics: hourly(workspaceId('law')) },
    },
    { what: 'a principal that Azure left empty', flowLog: { identities: [bound(wanted, null)] } },
  ])('$what', ({ what: _, ...subject }) => {
    expect(drifts(subject)).toEqual([]);
  });

  test('any principal, while the destination has not said which', () => {
    expect(drifts({ flowLog: { identities: [bound(wanted, recreated)] } }, null)).toEqual([]);
  });
});
