import { describe, expect, test } from 'vitest';
import { coverageOf } from '../../shared/decide/coverage.ts';
import type { NetworkFacts } from '../../shared/decide/facts.ts';
import { decideIntent } from '../../shared/decide/intent.ts';
import {
  document,
  network,
  networkId,
  noAncestors,
  now,
  otherSubscriptionId,
  policyOf,
  ruleOf,
  storageId,
  subscriptionId,
} from './support/samples.ts';

const decide = (text: object, facts: Partial<NetworkFacts> = {}, at = now) =>
  decideIntent(policyOf(text), network(facts), at, noAncestors);
const exempting = (...exemptions: object[]) => document({ exemptions });

describe('scope', () => {
  test.each([
    { what: 'an included subscription', subscriptions: { include: [subscriptionId] }, covered: true },
    { what: 'every subscription where none is named', subscriptions: {}, covered: true },
    { what: 'not one that is not included', subscriptions: { include: [otherSubscriptionId] }, covered: false },
    { what: 'not one that is excluded', subscriptions: { exclude: [subscriptionId] }, covered: false },
    {
      what: 'not one that is both included and excluded',
      subscriptions: { include: [subscriptionId], exclude: [subscriptionId] },
      covered: false,
    },
    {
      what: 'an included subscription in upper case',
      subscriptions: { include: ['ABCDEFAB-1111-4111-8111-111111111111'] },
      id: 'abcdefab-1111-4111-8111-111111111111',
      covered: true,
    },
  ])('covers $what', ({ subscriptions, id = subscriptionId, covered }) => {
    const coverage = coverageOf(policyOf(document({ scope: { subscriptions } })), id, noAncestors);
    expect(coverage).toBe(covered ? 'in' : 'out');
  });

  test('puts a network out of scope before anything else is looked at', () => {
    const text = document({ mode: 'off', scope: { subscriptions: { exclude: [subscriptionId] } } });
    expect(decide(text)).toEqual({ kind: 'outOfScope' });
  });

  test('leaves a network that no rule matches out of scope', () => {
    expect(decide(document({}, { match: { locations: ['northeurope'] } }))).toEqual({ kind: 'outOfScope' });
  });
});

describe('mode', () => {
  test.each([
    { policy: 'enforce', rule: undefined, intent: { kind: 'desired', mode: 'enforce' } },
    { policy: 'enforce', rule: 'audit', intent: { kind: 'desired', mode: 'audit' } },
    { policy: 'enforce', rule: 'off', intent: { kind: 'off' } },
    { policy: 'audit', rule: undefined, intent: { kind: 'desired', mode: 'audit' } },
    { policy: 'audit', rule: 'enforce', intent: { kind: 'desired', mode: 'enforce' } },
    { policy: 'audit', rule: 'off', intent: { kind: 'off' } },
    { policy: 'off', rule: undefined, intent: { kind: 'off' } },
    { policy: 'off', rule: 'enforce', intent: { kind: 'off' } },
  ])('is $intent.kind $intent.mode where the policy says $policy and the rule $rule', ({ policy, rule, intent }) => {
    expect(decide(document({ mode: policy }, rule ? { mode: rule } : {}))).toMatchObject(intent);
  });
});

describe('an exemption', () => {
  const reason = 'lab';
  test.each([
    { what: 'a tag', exemption: { tag: { name: 'flow-log', value: 'exempt' } }, tags: { 'flow-log': 'exempt' } },
    {
      what: 'a tag whose name has another case',
      exemption: { tag: { name: 'Flow-Log', value: 'exempt' } },
      tags: { 'flow-log': 'exempt' },
    },
    { what: 'a tag of any value', exemption: { tag: { name: 'flow-log' } }, tags: { 'flow-log': '' } },
    { what: 'the network id in another case', exemption: { resourceId: networkId.toUpperCase() } },
    { what: 'an id pattern', exemption: { resourceId: '*/resourceGroups/RG-APP/*' } },
    { what: 'a subscription', exemption: { subscription: subscriptionId } },
    { what: 'any of several', exemption: { tag: { name: 'x' }, subscription: subscriptionId } },
  ])('holds by $what', ({ exemption, tags = {} }) => {
    expect(decide(exempting({ reason, ...exemption }), { tags })).toEqual({ kind: 'exempt', reason });
  });

  test.each([
    { what: 'a tag of another value', exemption: { tag: { name: 'flow-log', value: 'exempt' } } },
    { what: 'a tag whose value has another case', exemption: { tag: { name: 'flow-log', value: 'NO' } } },
    { what: 'a part of the id', exemption: { resourceId: '/virtualNetworks/vnet-app' } },
    { what: 'a pattern where a dot stands for itself', exemption: { resourceId: '*/vnet.app' } },
    { what: 'another subscription', exemption: { subscription: otherSubscriptionId } },
  ])('does not hold by $what', ({ exemption }) => {
    expect(decide(exempting({ reason, ...exemption }), { tags: { 'flow-log': 'no' } }).kind).toBe('desired');
  });

  test('no longer counts from the moment that it expires', () => {
    const text = exempting({ reason, subscription: subscriptionId, expires: '2026-11-23T10:00:00+01:00' });
    const before = '2026-11-23T08:59:59.999Z';
    expect(decide(text, {}, before)).toEqual({ kind: 'exempt', reason, expires: '2026-11-23T10:00:00+01:00' });
    expect(decide(text, {}, now).kind).toBe('desired');
  });

  test('that has expired gives way to the next that holds', () => {
    const expired = { reason: 'past', subscription: subscriptionId, expires: '2026-01-01T00:00:00Z' };
    const text = exempting(expired, { reason, subscription: subscriptionId });
    expect(decide(text)).toEqual({ kind: 'exempt', reason });
  });

  test('goes before the rules, and the kill switch before it', () => {
    const exemptions = [{ reason, subscription: subscriptionId }];
    expect(decide(document({ exemptions }, { mode: 'off' })).kind).toBe('exempt');
    expect(decide(document({ exemptions, mode: 'off' })).kind).toBe('off');
  });
});

describe('rules', () => {
  const other = { westeurope: storageId('stother') };
  const first = (match: object) =>
    document({ rules: [ruleOf({ name: 'first', match, destination: other }), ruleOf({ name: 'second' })] });
  const chosen = (match: object, facts: Partial<NetworkFacts> = {}) => {
    const intent = decide(first(match), facts);
    return intent.kind === 'desired' ? intent.desired.rule : intent.kind;
  };

  test('are asked in their order, and the first that matches wins', () => {
    expect(chosen({})).toBe('first');
    expect(chosen({ subscriptions: [subscriptionId], locations: ['West Europe'] })).toBe('first');
  });

  test.each([
    { what: 'subscription', match: { subscriptions: [otherSubscriptionId] } },
    { what: 'location', match: { locations: ['northeurope'] } },
    { what: 'tag value', match: { tags: { env: 'test' } } },
    { what: 'one of two tags', match: { tags: { env: 'prod', team: 'b' } } },
    { what: 'one of two conditions', match: { locations: ['westeurope'], subscriptions: [otherSubscriptionId] } },
  ])('do not match by another $what', ({ match }) => {
    expect(chosen(match, { tags: { env: 'prod', team: 'a' } })).toBe('second');
  });

  test('match tags whose names have another case', () => {
    expect(chosen({ tags: { ENV: 'prod' } }, { tags: { env: 'prod' } })).toBe('first');
  });
});

test('a location without a destination is blocked, and the problem says what to add for which network', () => {
  expect(decide(document(), { location: 'swedencentral' })).toMatchObject({
    kind: 'blocked',
    problem: {
      code: 'NoDestination',
      actor: 'operator',
      resourceId: networkId,
      message: expect.stringContaining('rules[0].destination.swedencentral'),
    },
  });
});
