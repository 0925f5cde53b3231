import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ancestors, coverageOf, namesManagementGroups } from '../../shared/decide/coverage.ts';
import type { FlowLogFacts, NetworkFacts } from '../../shared/decide/facts.ts';
import { decideIntent } from '../../shared/decide/intent.ts';
import { type NetworkPlan, planNetwork } from '../../shared/plan/plan-network.ts';
import type { Policy } from '../../shared/policy/document.ts';
import { parsePolicy } from '../../shared/policy/parse-policy.ts';
import { parseResourceId, requireResourceId, sameId } from '../../shared/resource-id.ts';
import { spreadOverLanes } from '../../shared/work/lane-of-networks.ts';
import { document, flowLog, network, noAncestors, now, resourceGroupId } from '../decide/support/samples.ts';
import {
  ancestors,
  anyCase,
  destination,
  location,
  networkId,
  policy,
  someAccounts,
  someFilters,
  someIdentities,
  someRecordTypes,
  trafficAnalytics,
} from './support/arbitraries.ts';

const facts: fc.Arbitrary<NetworkFacts> = fc
  .record({
    id: networkId,
    location,
    tags: fc.dictionary(fc.constantFrom('exempt', 'flowkeeper-hold'), fc.constantFrom('', '2027-01-01'), {
      maxKeys: 1,
    }),
  })
  .map(network);

const someLogs = fc.array(
  fc
    .record({
      enabled: fc.boolean(),
      storageId: fc.constantFrom(...someAccounts, destination.westeurope).chain(anyCase),
      retentionDays: fc.constantFrom(0, 5),
      enabledFilteringCriteria: fc.constantFrom(...someFilters),
      recordTypes: fc.constantFrom(...someRecordTypes),
      trafficAnalytics: fc.option(trafficAnalytics),
      targetResourceGuid: fc.constantFrom(network().resourceGuid, null, '55555555-5555-4555-8555-555555555555'),
      identities: fc.subarray(someIdentities.map((id) => ({ id, principalId: 'p' }))),
    })
    .map(flowLog),
  { maxLength: 3 },
);

function planOf(
  ruling: Policy,
  observed: NetworkFacts,
  flowLogs: readonly FlowLogFacts[],
  above: Ancestors = noAncestors,
): NetworkPlan {
  const logs = flowLogs.map((log) => ({ ...log, targetResourceId: observed.id }));
  const isOurs = (tags: FlowLogFacts['tags']) => 'ours' in tags;
  return planNetwork(decideIntent(ruling, observed, now, above), {
    network: observed,
    flowLogs: logs,
    overridingLogs: [],
    destinationWarnings: [],
    principalId: 'p',
    isOurs,
  });
}

describe('a plan', () => {
  test('is the same when it is made twice, and survives being recorded', () => {
    fc.assert(
      fc.property(policy, facts, someLogs, (ruling, observed, logs) => {
        const plan = planOf(ruling, observed, logs);
        expect(planOf(structuredClone(ruling), structuredClone(observed), structuredClone(logs))).toEqual(plan);
        expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
      }),
    );
  });

  test("names no resource but the network, its flow logs, the location's storage account and the rule's identity", () => {
    fc.assert(
      fc.property(policy, facts, someLogs, (ruling, observed, logs) => {
        const [rule] = ruling.rules;
        const account = rule?.destination[observed.location];
        const allowed = (id: string) =>
          sameId(id, observed.id) ||
          logs.some((log) => sameId(id, log.id)) ||
          (account !== undefined && sameId(id, account)) ||
          (rule?.identity.kind === 'ours' &&
            id.startsWith(`${resourceGroupId}/providers/Microsoft.ManagedIdentity/`)) ||
          (rule?.identity.kind === 'given' && rule.identity.identityId[observed.location] === id) ||
          logs.some(({ trafficAnalytics: kept }) => kept !== null && sameId(kept.workspaceResourceId, id)) ||
          (typeof rule?.trafficAnalytics === 'object' &&
            rule.trafficAnalytics.workspaceResourceId[observed.location] === id);
        const { verdict, ...rest } = planOf(ruling, observed, logs);
        // What is there now is told as it is (actual, before); what is wanted must be ours to want.
        const wanted = {
          ...rest,
          change: rest.change && { after: rest.change.after },
          expected: 'drifts' in verdict ? verdict.drifts.map(({ expected }) => expected) : [],
        };
        for (const text of textsIn(wanted)) if (parseResourceId(text)) expect(allowed(text), text).toBe(true);
      }),
    );
  });

  test('writes only in enforce, and says why not otherwise', () => {
    fc.assert(
      fc.property(policy, facts, someLogs, (ruling, observed, logs) => {
        const { change, because, until, verdict } = planOf(ruling, observed, logs);
        const mode = ruling.mode === 'off' ? 'off' : (ruling.rules[0]?.mode ?? ruling.mode);
        if (change && because === null) {
          expect(mode).toBe('enforce');
          expect(observed.tags).not.toHaveProperty('flowkeeper-hold');
          expect('exempt' in observed.tags && ruling.exemptions.length > 0).toBe(false);
          expect(verdict.state).toBe('NonCompliant');
        }
        if (change && mode === 'audit') expect(because).toBe('audit');
        if (because === 'held') expect(until).not.toBeNull();
        if (verdict.state !== 'NonCompliant') expect(change).toBeNull();
      }),
    );
  });
});

describe('management groups', () => {
  test('that could not be read never put a network in scope, out of it, or into a write', () => {
    fc.assert(
      fc.property(policy, facts, someLogs, ancestors, (ruling, observed, logs, above) => {
        fc.pre(!above.known && namesManagementGroups(ruling) && ruling.mode !== 'off');
        const { verdict, change } = planOf(ruling, observed, logs, above);
        expect(change).toBeNull();
        // Out only where its own id says so, whatever the groups are.
        const { subscriptionId } = requireResourceId(observed.id);
        const anyway = coverageOf(ruling, subscriptionId, null) === 'out';
        expect(verdict.state).toBe(anyway ? 'OutOfScope' : 'Unknown');
      }),
    );
  });

  test('once they are read, only settle what was open: nobody who was in or out changes sides', () => {
    fc.assert(
      fc.property(policy, facts, ancestors, (ruling, { id }, above) => {
        const { subscriptionId } = requireResourceId(id);
        const before = coverageOf(ruling, subscriptionId, null);
        const after = coverageOf(ruling, subscriptionId, above);
        if (before !== 'unknown') expect(after).toBe(before);
        if (above.known) expect(after).not.toBe('unknown');
      }),
    );
  });
});

describe('a flow log that someone else made', () => {
  const held = { tags: { 'flowkeeper-hold': '2027-01-01' } };
  const report = { existing: 'report' };
  test.each([
    { what: 'is only reported where the rule says so', rule: report, tags: {}, because: 'report' },
    { what: 'is brought in line where it turns out to be ours', rule: report, tags: { ours: '' }, because: null },
    { what: 'is adopted otherwise', rule: {}, tags: {}, because: null },
  ])('$what', ({ rule, tags, because }) => {
    const parsed = parsePolicy(document({}, rule));
    if (!parsed.ok) throw new Error('The policy is right.');
    const plan = planOf(parsed.policy, network(), [flowLog({ enabled: false, tags })]);
    expect(plan).toMatchObject({ change: { kind: 'update' }, because });
    expect(planOf(parsed.policy, network(held), [flowLog({ enabled: false, tags })])).toMatchObject({
      because: 'held',
    });
  });

  test('a second one is reported, and nothing is written for its sake', () => {
    const parsed = parsePolicy(document({}, { identity: { kind: 'none' } }));
    if (!parsed.ok) throw new Error('The policy is right.');
    const first = flowLog({ identities: [] });
    const second = flowLog({ id: `${first.id}-2`, identities: [] });
    expect(planOf(parsed.policy, network(), [first, second])).toMatchObject({
      verdict: { drifts: [{ check: 'duplicateLogs', expected: [first.id], actual: [first.id, second.id] }] },
      change: null,
    });
  });
});

test('lanes take each network once at most, evenly, twelve at most, and none is empty', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 1, max: 8 }), (size, count) => {
      const networks = Array.from({ length: size }, (_, index) => ({
        networkId: `${network().id}-${index}`,
        flowLogName: null,
        otherLogNames: { duplicates: [], overriding: [] },
        rowKeys: [`row-${index}`],
      }));
      const lanes = spreadOverLanes('westeurope', null, networks, count);
      const taken = lanes.flatMap((lane) => lane.networks);
      const sizes = lanes.map((lane) => lane.networks.length);
      expect(lanes.length).toBe(Math.min(count, size));
      expect(new Set(taken).size).toBe(taken.length);
      expect(taken.length).toBe(Math.min(size, 12 * count));
      if (sizes.length > 0) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      if (sizes.length > 0) expect(Math.min(...sizes)).toBeGreaterThan(0);
    }),
  );
});

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
