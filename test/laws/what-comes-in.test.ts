import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { workOfEvent } from '../../shared/events/event-work.ts';
import { type ResourceEvent, readResourceEvent } from '../../shared/events/resource-event.ts';
import { laneId, parseLaneId } from '../../shared/inbox/work-item.ts';
import { parsePolicy } from '../../shared/policy/parse-policy.ts';
import { document, networkId, subscriptionId } from '../decide/support/samples.ts';
import { policy, someAccounts, someIdentities, storageAccountId } from './support/arbitraries.ts';

/** An object in which some fields are as they should be, and others any JSON. */
function mostly(good: Readonly<Record<string, unknown>>): fc.Arbitrary<object> {
  const fields = Object.entries(good).map(
    ([name, value]) =>
      [name, fc.oneof({ weight: 4, arbitrary: fc.constant(value) }, fc.jsonValue({ maxDepth: 2 }))] as const,
  );
  return fc.record(Object.fromEntries(fields), { requiredKeys: [] });
}

const secret = 'a-secret';
const needed = {
  operationName: 'Microsoft.Network/virtualNetworks/write',
  resourceUri: networkId,
  subscriptionId,
  correlationId: 'c-1',
};
const data = mostly({ ...needed, authorization: { evidence: { principalId: 'p' } } });
const events = data.chain((payload) =>
  mostly({ id: 'e', eventType: 'Microsoft.Resources.ResourceWriteSuccess', data: payload }),
);

describe('an event', () => {
  test('of any JSON is read without a throw: a throw would bring its neighbours back', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), events), (body) => {
        expect(['event', 'ignored', 'malformed']).toContain(readResourceEvent(body).kind);
      }),
      { numRuns: 500 },
    );
  });

  test('is read whatever it says beside, and nothing of that is kept but the actor', () => {
    const beside = fc.record({
      authorization: fc.oneof(fc.jsonValue(), fc.constant({ evidence: { principalId: 'p', secret } })),
      claims: fc.oneof(fc.jsonValue(), fc.constant({ secret })),
      httpRequest: fc.constantFrom(secret, null, { secret }),
    });
    fc.assert(
      fc.property(beside, (rest) => {
        const eventType = 'Microsoft.Resources.ResourceWriteSuccess';
        const read = readResourceEvent({ id: 'e', eventType, subject: secret, data: { ...rest, ...needed } });
        const actorId = read.kind === 'event' ? read.event.actorId : undefined;
        expect(read).toEqual({
          kind: 'event',
          event: {
            subscriptionId,
            operation: 'microsoft.network/virtualnetworks/write',
            resourceId: networkId,
            correlationId: 'c-1',
            actorId,
          },
        });
        expect([null, 'p']).toContain(actorId);
      }),
    );
  });

  const operation = fc.constantFrom(
    'microsoft.network/virtualnetworks/write',
    'microsoft.network/virtualnetworks/delete',
    'microsoft.network/networkwatchers/flowlogs/write',
    'microsoft.network/networkwatchers/flowlogs/delete',
    'microsoft.resources/subscriptions/resourcegroups/moveresources/action',
    'microsoft.authorization/roleassignments/delete',
    'microsoft.managedidentity/userassignedidentities/delete',
    'microsoft.compute/virtualmachines/write',
  );
  const resourceId = fc.oneof(
    fc.constantFrom(networkId, ...someAccounts, ...someIdentities),
    storageAccountId,
    storageAccountId.map((id) => `${id}/providers/Microsoft.Authorization/roleAssignments/a`),
    fc.string(),
  );
  const known = someIdentities.map((identityId, index) => ({
    identityId,
    storageAccountId: someAccounts[index] ?? '',
  }));

  test('gives work for the lane of its subscription or of a destination that the policy knows, or none', () => {
    fc.assert(
      fc.property(operation, resourceId, (name, id) => {
        const event: ResourceEvent = {
          subscriptionId,
          operation: name,
          resourceId: id,
          correlationId: 'c',
          actorId: null,
        };
        const work = workOfEvent(event, known);
        if (!work) return;
        expect(parseLaneId(laneId(work.lane))).toEqual(work.lane);
        if (work.lane.kind === 'subscription') expect(work.lane.subscriptionId).toBe(subscriptionId);
        else expect(someAccounts).toContain(work.request.target.id);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a policy', () => {
  const rule = mostly({
    name: 'r',
    destination: { westeurope: someAccounts[0] },
    identity: { kind: 'none' },
    match: {},
    mode: 'audit',
  });
  const documents = rule.chain((one) => mostly({ ...document(), rules: [one], exemptions: [], limits: {}, scope: {} }));

  test('of any JSON is parsed without a throw, and refused with problems or accepted', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), documents), (text) => {
        const parsed = parsePolicy(text);
        if (!parsed.ok) for (const { message } of parsed.problems) expect(message).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });

  test('that was accepted says the same when it is written down and parsed again', () => {
    fc.assert(
      fc.property(policy, (accepted) => {
        expect(parsePolicy(JSON.parse(JSON.stringify(accepted)))).toEqual({ ok: true, policy: accepted });
      }),
    );
  });
});
