import { describe, expect, test } from 'vitest';
import type { NetworkFacts } from '../../shared/decide/facts.ts';
import { uncoveredBy } from '../../shared/decide/uncovered.ts';
import { unknown } from '../../shared/known.ts';
import { ownProblem } from '../../shared/problem.ts';
import {
  document,
  network,
  networkId,
  noAncestors,
  now,
  otherSubscriptionId,
  policyOf,
  subscriptionId,
} from './support/samples.ts';

const other = networkId.replace(subscriptionId, otherSubscriptionId);
const named = (name: string, changes: Partial<NetworkFacts> = {}, id = networkId) =>
  network({ id: id.replace('vnet-app', name), ...changes });

function uncovered(text: object, ...networks: NetworkFacts[]) {
  const estate = networks.map((one) => ({ network: one, ancestors: noAncestors }));
  return uncoveredBy(policyOf(text), estate, now);
}

const none = { locationsWithoutDestination: [], subscriptionsWithoutRule: [], unknown: 0 };

describe('what a policy would leave uncovered', () => {
  test('is nothing where every network has a rule and a storage account', () => {
    expect(uncovered(document(), named('a'), named('b'))).toEqual({
      ...none,
      networks: 2,
      outOfScope: { networks: 0, ids: [] },
    });
  });

  test('is told by location, with the path to add', () => {
    const south = { location: 'uksouth' };
    expect(uncovered(document(), named('a'), named('b', south), named('c', south)).locationsWithoutDestination).toEqual(
      [{ location: 'uksouth', networks: 2, message: expect.stringContaining('add rules[0].destination.uksouth') }],
    );
  });

  test('names a subscription none of whose networks has a rule, and not one of which some do', () => {
    const text = document({}, { match: { tags: { env: 'prod' } } });
    const prod = { tags: { env: 'prod' } };
    const told = uncovered(text, named('a', prod), named('b'), named('c', {}, other));
    expect(told.subscriptionsWithoutRule).toEqual([{ subscriptionId: otherSubscriptionId, networks: 1 }]);
    expect(told.outOfScope).toEqual({ networks: 2, ids: [named('b').id, named('c', {}, other).id] });
  });

  test('a subscription that is excluded was meant to be: its networks are out of scope, and it misses no rule', () => {
    const text = document({ scope: { subscriptions: { exclude: [otherSubscriptionId] } } });
    expect(uncovered(text, named('c', {}, other))).toEqual({
      ...none,
      networks: 1,
      outOfScope: { networks: 1, ids: [named('c', {}, other).id] },
    });
  });

  test('is no exempt network, and none that the policy turns off', () => {
    const exempt = document({ exemptions: [{ reason: 'lab', subscription: subscriptionId }] });
    for (const text of [exempt, document({ mode: 'off' })])
      expect(uncovered(text, named('a', { location: 'uksouth' }))).toMatchObject({
        ...none,
        outOfScope: { networks: 0 },
      });
  });

  test('names a hundred networks at most, and counts all', () => {
    const text = document({}, { match: { locations: ['uksouth'] } });
    const told = uncovered(text, ...Array.from({ length: 250 }, (_, index) => named(`vnet-${index}`)));
    expect(told.outOfScope.networks).toBe(250);
    expect(told.outOfScope.ids).toHaveLength(100);
  });

  test('counts networks apart whose management groups could not be read', () => {
    const policy = policyOf(document({ scope: { managementGroups: { include: ['corp'] } } }));
    const ancestors = unknown<readonly string[]>(
      ownProblem('ManagementGroupsUnknown', '/subscriptions/x', 'not shown'),
    );
    expect(uncoveredBy(policy, [{ network: network(), ancestors }], now)).toMatchObject({
      unknown: 1,
      outOfScope: { networks: 0 },
    });
  });
});
