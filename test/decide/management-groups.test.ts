import { describe, expect, test } from 'vitest';
import { type Ancestors, coverageOf } from '../../shared/decide/coverage.ts';
import { decideIntent } from '../../shared/decide/intent.ts';
import { known, unknown } from '../../shared/known.ts';
import { ownProblem } from '../../shared/problem.ts';
import { document, network, now, otherSubscriptionId, policyOf, ruleOf, subscriptionId } from './support/samples.ts';

const below = (...groups: string[]): Ancestors => known(groups);
const problem = ownProblem('ManagementGroupsUnknown', `/subscriptions/${subscriptionId}`, 'not shown');
const unreadable: Ancestors = unknown(problem);
const inCorp = below('corp', 'root');

describe('a scope by management group', () => {
  const byGroup = (managementGroups: object, subscriptions: object = {}) =>
    policyOf(document({ scope: { managementGroups, subscriptions } }));

  test.each([
    { what: 'below an included group', scope: byGroup({ include: ['Corp'] }), ancestors: inCorp, coverage: 'in' },
    { what: 'below it at any depth', scope: byGroup({ include: ['root'] }), ancestors: inCorp, coverage: 'in' },
    { what: 'beside it', scope: byGroup({ include: ['corp'] }), ancestors: below('lab', 'root'), coverage: 'out' },
    {
      what: 'below an excluded group of an included one',
      scope: byGroup({ include: ['root'], exclude: ['corp'] }),
      ancestors: inCorp,
      coverage: 'out',
    },
    {
      what: 'included by its own id, beside the groups',
      scope: byGroup({ include: ['lab'] }, { include: [subscriptionId] }),
      ancestors: inCorp,
      coverage: 'in',
    },
    {
      what: 'excluded by its own id, below an included group',
      scope: byGroup({ include: ['corp'] }, { exclude: [subscriptionId] }),
      ancestors: inCorp,
      coverage: 'out',
    },
    {
      what: 'of groups that could not be read',
      scope: byGroup({ include: ['corp'] }),
      ancestors: unreadable,
      coverage: 'unknown',
    },
    {
      what: 'that may be below an excluded group',
      scope: byGroup({ exclude: ['corp'] }),
      ancestors: unreadable,
      coverage: 'unknown',
    },
    {
      what: 'that its own id excludes, whatever is above it',
      scope: byGroup({ include: ['corp'] }, { exclude: [subscriptionId] }),
      ancestors: null,
      coverage: 'out',
    },
    {
      what: 'that is not among the only ones included, whatever is above it',
      scope: byGroup({ exclude: ['corp'] }, { include: [otherSubscriptionId] }),
      ancestors: null,
      coverage: 'out',
    },
  ] as const)('a subscription $what is $coverage', ({ scope, ancestors, coverage }) => {
    expect(coverageOf(scope, subscriptionId, ancestors)).toBe(coverage);
  });
});

describe('what could not be read is unknown: neither in scope, nor out of it, nor exempt', () => {
  const groups = ['corp'];
  test.each([
    { by: 'its scope', text: document({ scope: { managementGroups: { include: groups } } }) },
    { by: 'an exemption', text: document({ exemptions: [{ reason: 'lab', managementGroup: 'corp' }] }) },
    { by: 'a rule', text: document({}, { match: { managementGroups: groups } }) },
  ])('where the policy depends on it by $by', ({ text }) => {
    expect(decideIntent(policyOf(text), network(), now, unreadable)).toEqual({ kind: 'unknown', problem });
  });

  test('and of no matter where the policy names no group, or is off', () => {
    expect(decideIntent(policyOf(document()), network(), now, unreadable).kind).toBe('desired');
    const off = document({ mode: 'off', scope: { managementGroups: { include: groups } } });
    expect(decideIntent(policyOf(off), network(), now, unreadable)).toEqual({ kind: 'off' });
  });
});

test('an exemption by management group is for what is below it', () => {
  const policy = policyOf(document({ exemptions: [{ reason: 'lab', managementGroup: 'LAB' }] }));
  expect(decideIntent(policy, network(), now, below('lab'))).toEqual({ kind: 'exempt', reason: 'lab' });
  expect(decideIntent(policy, network(), now, inCorp).kind).toBe('desired');
});

test('a rule by management group is for what is below it, and the next rule for the rest', () => {
  const rules = [ruleOf({ name: 'corp', match: { managementGroups: ['corp'] } }), ruleOf({ name: 'rest' })];
  const ruleFor = (ancestors: Ancestors) => {
    const intent = decideIntent(policyOf(document({ rules })), network(), now, ancestors);
    return intent.kind === 'desired' ? intent.desired.rule : intent.kind;
  };
  expect([ruleFor(inCorp), ruleFor(below('lab'))]).toEqual(['corp', 'rest']);
});
