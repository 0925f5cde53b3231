import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FlowLogFacts } from '../../shared/decide/facts.ts';
import { decideIntent } from '../../shared/decide/intent.ts';
import { known } from '../../shared/known.ts';
import { desiredSettings, settingsOf } from '../../shared/plan/flow-log-change.ts';
import { planNetwork } from '../../shared/plan/plan-network.ts';
import { addWeight, fieldsToChange } from '../../shared/plan/weigh.ts';
import type { Policy } from '../../shared/policy/document.ts';
import { ruling, takingForce, type Weight } from '../../shared/policy/ruling.ts';
import { document, flowLog, network, now, policyOf, ruleOf } from '../decide/support/samples.ts';
import { destination, policy, someAccounts, someIdentities } from './support/arbitraries.ts';

const rules = { isOurs: () => true, at: now };
const ancestors = known<readonly string[]>([]);

const someLog: fc.Arbitrary<FlowLogFacts> = fc
  .record({
    storageId: fc.constantFrom(destination.westeurope, ...someAccounts),
    identities: fc.constantFrom([], ...someIdentities.map((id) => [{ id, principalId: 'p' }])),
  })
  .map((changes) => flowLog(changes));

const planUnder = (ruled: Policy, log: FlowLogFacts) =>
  planNetwork(decideIntent(ruled, network(), now, ancestors), {
    network: network(),
    flowLogs: [log],
    overridingLogs: [],
    principalId: null,
    isOurs: () => true,
    destinationWarnings: [],
  });

/** A log that is as the policy wants it, where it wants one. */
function compliantLog(ruled: Policy, log: FlowLogFacts): FlowLogFacts {
  const { desired } = planUnder(ruled, log);
  if (!desired) return log;
  const { identityId, ...settings } = desiredSettings(desired, log);
  return { ...log, ...settings, identities: identityId ? [{ id: identityId, principalId: 'p' }] : [] };
}

describe('the weight of a policy', () => {
  test('is every change that it asks of a network that is as the former one wants it, and no other', () => {
    fc.assert(
      fc.property(policy, policy, someLog, (former, next, log) => {
        for (const observed of [log, compliantLog(former, log)]) {
          const changed = fieldsToChange(former, next, { network: network(), flowLogs: [observed], ancestors }, rules);
          const asked = decideIntent(former, network(), now, ancestors);
          const wasCompliant = asked.kind === 'desired' && planUnder(former, observed).change === null;
          const { change, because } = planUnder(next, observed);
          const enforced = asked.kind === 'desired' && asked.mode === 'enforce';
          const counts = because === null || (because === 'audit' && enforced);
          const writes = counts && change?.kind === 'update' ? change : null;
          expect(changed.length > 0).toBe(wasCompliant && writes !== null);
          if (writes && wasCompliant) {
            const settings = Object.entries(settingsOf(observed));
            for (const [field, value] of settings.filter(([name]) => changed.includes(name)))
              expect(Object.entries(writes.after)).not.toContainEqual([field, value]);
          }
        }
      }),
    );
  });

  test('a document that is in force at once writes to no network that is as the former one wants it', () => {
    const change = fc.record(
      {
        mode: fc.constantFrom('off', 'audit', 'enforce'),
        limits: fc.constant({ approveAbove: 0 }),
        exemptions: fc.constant([{ reason: 'lab', tag: { name: 'exempt' } }]),
        destination: fc.constant({ westeurope: someAccounts[0] }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(change, someLog, ({ destination: account, ...changes }, log) => {
        const text = document({ limits: { approveAbove: 0 } });
        const next = document({ limits: { approveAbove: 0 }, ...changes }, account ? { destination: account } : {});
        const kept = takingForce({ etag: '1', text: JSON.stringify(text) }, policyOf(text), null, null);
        const { current } = ruling({ etag: '2', text: JSON.stringify(next) }, kept);
        if (current?.pending) return;
        const observed = compliantLog(policyOf(text), log);
        const { change, because } = planUnder(policyOf(next), observed);
        expect(change === null || because !== null).toBe(true);
      }),
    );
  });

  test('does not miss what is audited first and enforced later, rule by rule', () => {
    const rules = (first: object) => [
      ruleOf({ name: 'first', match: { locations: ['westeurope'] }, ...first }),
      ruleOf({ name: 'second' }),
    ];
    const former = policyOf(document({ rules: rules({}) }));
    const audited = policyOf(
      document({ rules: rules({ mode: 'audit', destination: { westeurope: someAccounts[0] } }) }),
    );
    const weighed = { network: network(), flowLogs: [compliantLog(former, flowLog())], ancestors };
    expect(fieldsToChange(former, audited, weighed, { isOurs: () => true, at: now })).toContain('storageId');
  });

  test('counts networks once and each of their fields', () => {
    const changes = fc.array(fc.subarray(['storageId', 'enabled', 'identityId']));
    fc.assert(
      fc.property(changes, (all) => {
        const weight = all.reduce<Weight>(addWeight, { networks: 0, fields: {} });
        expect(weight.networks).toBe(all.filter((fields) => fields.length > 0).length);
        expect(Object.values(weight.fields).reduce((sum, count) => sum + count, 0)).toBe(all.flat().length);
      }),
    );
  });
});
