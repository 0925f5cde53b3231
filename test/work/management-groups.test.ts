import { describe, expect, test } from 'vitest';
import { openManagementGroups } from '../../shared/azure/management-groups.ts';
import { validatePolicy } from '../../shared/work/validate-policy.ts';
import { estate, group, otherSubscriptionId, storage, subscriptionId } from '../arm/support/estate.ts';
import { simulatedAzure } from '../steps/support/simulated-azure.ts';
import { workOn } from './support/work.ts';

const groups = '/providers/Microsoft.Management/managementGroups';
const managementGroup = (name: string, parent?: string) => ({
  id: `${groups}/${name}`,
  properties: { displayName: name, details: parent ? { parent: { id: `${groups}/${parent}` } } : {} },
});
/** One subscription in Corp, below Root; the other in none that can be seen. */
const grouped = {
  ...estate,
  subscriptions: [
    { subscriptionId, displayName: 'one', managementGroup: 'Corp' },
    { subscriptionId: otherSubscriptionId, displayName: 'two' },
  ],
  resources: [managementGroup('Root'), managementGroup('Corp', 'Root'), ...estate.resources],
};
const unheardOf = '99999999-9999-4999-8999-999999999999';

function open() {
  const azure = simulatedAzure(grouped);
  return { azure, managementGroups: openManagementGroups(azure.clients, () => new Date(azure.now())) };
}

describe('the management groups above a subscription', () => {
  test('are told nearest first, in lower case', async () => {
    const { managementGroups } = open();
    expect(await managementGroups.ancestorsOf(subscriptionId)).toMatchObject({ ok: true, value: ['corp', 'root'] });
  });

  test('cost one request for all subscriptions, and again one after ten minutes', async () => {
    const { azure, managementGroups } = open();
    for (const id of [subscriptionId, otherSubscriptionId, subscriptionId]) await managementGroups.ancestorsOf(id);
    expect(azure.sent).toHaveLength(1);
    azure.pass(601);
    await Promise.all([subscriptionId, subscriptionId].map((id) => managementGroups.ancestorsOf(id)));
    expect(azure.sent).toHaveLength(2);
  });

  test('are not known of a subscription that is not shown, which is asked for again a little later', async () => {
    const { azure, managementGroups } = open();
    expect(await managementGroups.ancestorsOf(unheardOf)).toMatchObject({ ok: true, value: null });
    await managementGroups.ancestorsOf(unheardOf);
    expect(azure.sent).toHaveLength(1);
    azure.pass(31);
    await managementGroups.ancestorsOf(unheardOf);
    expect(azure.sent).toHaveLength(2);
  });

  test('are not answered by a refusal, which nobody else is given', async () => {
    const { azure, managementGroups } = open();
    azure.fault({ method: 'POST', path: 'ResourceGraph', status: 429, code: 'TooManyRequests', times: 1 });
    expect(await managementGroups.ancestorsOf(subscriptionId)).toMatchObject({ ok: false, error: { status: 429 } });
    expect(await managementGroups.ancestorsOf(subscriptionId)).toMatchObject({ ok: true, value: ['corp', 'root'] });
  });
});

describe('a document that is validated', () => {
  const rule = {
    name: 'default',
    destination: { westeurope: storage('stwest') },
    identity: { kind: 'ours', resourceGroupId: group, name: 'id-{account}' },
  };
  const document = (changes: object = {}) => ({ version: 1, rules: [rule], ...changes });
  const validate = async (text: unknown, azure = simulatedAzure(grouped)) =>
    validatePolicy(await workOn(azure, document()), text);

  test('is told what it would leave uncovered of the estate', async () => {
    expect(await validate(document())).toEqual({
      valid: true,
      problems: [],
      incomplete: null,
      uncovered: {
        networks: 2,
        locationsWithoutDestination: [
          {
            location: 'northeurope',
            networks: 1,
            message: expect.stringContaining('rules[0].destination.northeurope'),
          },
        ],
        subscriptionsWithoutRule: [],
        outOfScope: { networks: 0, ids: [] },
        unknown: 0,
      },
    });
  });

  test('is judged by the management groups that Resource Graph shows', async () => {
    const scope = (name: string) => document({ scope: { managementGroups: { include: [name] } } });
    expect((await validate(scope('root'))).uncovered?.outOfScope.networks).toBe(0);
    expect((await validate(scope('lab'))).uncovered?.outOfScope.networks).toBe(2);
  });

  test('is told its problems only, where it has some, and nothing is asked of Azure', async () => {
    const azure = simulatedAzure(grouped);
    const told = await validate(document({ mode: 'enforced', rule: [] }), azure);
    expect(told).toMatchObject({ valid: false, uncovered: null });
    expect(told.problems).toEqual([
      { path: 'mode', message: expect.stringContaining('"audit"') },
      { path: 'rule', message: 'There is no such field; did you mean rules?' },
    ]);
    expect(azure.sent).toEqual([]);
  });

  test('is valid also where nothing is known of the estate, and the answer says why', async () => {
    const azure = simulatedAzure(grouped);
    azure.fault({ method: 'POST', path: 'ResourceGraph', status: 403, code: 'AuthorizationFailed', times: 0 });
    expect(await validate(document(), azure)).toEqual({
      valid: true,
      problems: [],
      uncovered: null,
      incomplete: expect.stringContaining('AuthorizationFailed'),
    });
  });

  test('puts nothing in force', async () => {
    const azure = simulatedAzure(grouped);
    const work = await workOn(azure, document());
    const before = await work.policies.etag();
    await validatePolicy(work, document({ mode: 'off' }));
    expect(await work.policies.etag()).toBe(before);
  });
});
