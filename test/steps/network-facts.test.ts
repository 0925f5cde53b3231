import { expect, test } from 'vitest';
import { flowLogFacts, networkFacts } from '../../shared/azure/network-facts.ts';
import { flowLogId, identityId, networkId, principalId, storageId } from '../decide/support/samples.ts';

test.each([
  { what: 'days that are not enabled are kept for ever', days: 90, enabled: false, facts: 0 },
  { what: 'days that are enabled count', days: 90, enabled: true, facts: 90 },
  { what: 'no policy is for ever', days: undefined, enabled: undefined, facts: 0 },
])('$what', ({ days, enabled, facts }) => {
  const retentionPolicy = enabled === undefined ? {} : { retentionPolicy: { days, enabled } };
  expect(flowLogFacts({ targetResourceId: networkId, storageId: 's', ...retentionPolicy }).retentionDays).toBe(facts);
});

test.each([
  { told: principalId, facts: principalId },
  { told: '', facts: null },
  { told: undefined, facts: null },
])('a principal that Azure tells as $told is $facts', ({ told, facts }) => {
  const id = identityId('id-west');
  const userAssignedIdentities = { [id]: told === undefined ? {} : { principalId: told } };
  const identity = { type: 'UserAssigned' as const, userAssignedIdentities };
  expect(flowLogFacts({ targetResourceId: networkId, storageId: 's', identity }).identities).toEqual([
    { id, principalId: facts },
  ]);
});

test('what Azure leaves out of a flow log has a value that is no claim', () => {
  const storage = storageId('stlogswest');
  expect(
    flowLogFacts({ id: flowLogId, targetResourceId: networkId, storageId: storage, targetResourceGuid: '' }),
  ).toEqual({
    id: flowLogId,
    targetResourceId: networkId,
    targetResourceGuid: null,
    storageId: storage,
    enabled: false,
    retentionDays: 0,
    formatVersion: 0,
    enabledFilteringCriteria: '',
    recordTypes: 'B,C,E,D',
    trafficAnalytics: null,
    identities: [],
    provisioningState: 'Unknown',
    tags: {},
  });
});

test("a network's location is read in any spelling", () => {
  expect(networkFacts({ id: networkId, location: 'West Europe' })).toEqual({
    id: networkId,
    location: 'westeurope',
    tags: {},
    resourceGuid: null,
    provisioningState: 'Unknown',
  });
});
