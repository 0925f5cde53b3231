import { describe, expect, test } from 'vitest';
import { destinationOfAccount, destinationSpec, destinationsOf } from '../../shared/policy/destinations.ts';
import { parsePolicy } from '../../shared/policy/parse-policy.ts';
import { document, identityId, policyOf, resourceGroupId, ruleOf, storageId } from '../decide/support/samples.ts';

const west = storageId('stlogswest');
const north = storageId('stlogsnorth');
const ours = (name: string) => ({ kind: 'ours', resourceGroupId, name });
const given = (ids: Record<string, string>) => ({ kind: 'given', identityId: ids });
const rules = (...changes: object[]) => document({ rules: changes.map(ruleOf) });

function problemsOf(text: object) {
  const parsed = parsePolicy(text);
  return parsed.ok ? [] : parsed.problems;
}

describe('a name template', () => {
  test.each(['{vnet}', '{}', '{net-work}', '{network', 'network}', '{{network}'])(
    'with %j is refused, and the placeholders are listed',
    (template) => {
      expect(problemsOf(document({}, { flowLog: { name: `x-${template}` } }))).toEqual([
        {
          path: 'rules[0].flowLog.name',
          message: expect.stringContaining('use {network}, {resourceGroup}, {location}'),
        },
      ]);
    },
  );

  test('of an identity has placeholders of its own', () => {
    expect(problemsOf(document({}, { identity: ours('id-{network}-{app}-{account}') }))).toEqual([
      { path: 'rules[0].identity.name', message: expect.stringMatching(/^\{network\} .*\{location\}, \{account\}/) },
      { path: 'rules[0].identity.name', message: expect.stringMatching(/^\{app\} /) },
    ]);
  });

  test('of an identity may use values that its rule gives, but none of a name that has a meaning', () => {
    const named = (values: object) => ({ ...ours('id-{app}-{environment}-{location}-{instance}'), values });
    const values = { app: 'flowlogs', environment: 'prod', instance: '001' };
    expect(destinationsOf(policyOf(document({}, { identity: named(values) })))[0]?.identityId).toBe(
      identityId('id-flowlogs-prod-westeurope-001'),
    );
    expect(problemsOf(document({}, { identity: named({ ...values, location: 'weu' }) }))).toEqual([
      { path: 'rules[0].identity.values.location', message: expect.stringContaining('another name') },
    ]);
  });

  test('of an identity that comes out too short for Azure is refused', () => {
    expect(problemsOf(document({}, { identity: { ...ours('{i}'), values: { i: '1' } } }))).toEqual([
      { path: 'rules[0].destination.westeurope', message: expect.stringContaining('three characters') },
    ]);
  });

  test('with every placeholder is good', () => {
    const flowLog = { name: '{location}-{resourceGroup}-{network}' };
    expect(problemsOf(document({}, { flowLog, identity: ours('{account}-{location}') }))).toEqual([]);
  });
});

describe('one storage account has one identity', () => {
  const second = {
    path: 'rules[1].destination.westeurope',
    message: expect.stringContaining('rules[0].destination.westeurope'),
  };
  test.each([
    { what: 'two names', identities: [ours('id-a-{account}'), ours('id-b-{account}')] },
    { what: 'ours and a given one', identities: [ours('id-{account}'), given({ westeurope: identityId('id-x') })] },
    { what: 'ours and none', identities: [ours('id-{account}'), { kind: 'none' }] },
  ])('$what are refused', ({ identities: [one, other] }) => {
    expect(problemsOf(rules({ identity: one }, { identity: other }))).toEqual([second]);
  });

  test('the same twice is good, also where the account is spelt otherwise', () => {
    const identity = given({ westeurope: identityId('id-x') });
    const spelt = { destination: { westeurope: west.toUpperCase() }, identity };
    expect(problemsOf(rules({ identity }, spelt))).toEqual([]);
  });
});

describe("one of our identities' names has one storage account", () => {
  const both = { westeurope: west, northeurope: north };

  test('a template that gives two accounts one name is refused', () => {
    expect(problemsOf(document({}, { destination: both, identity: ours('id-flowkeeper') }))).toEqual([
      { path: 'rules[0].destination.northeurope', message: expect.stringContaining('put {account} into the template') },
    ]);
  });

  test.each(['id-{account}', 'id-{location}'])('the template %s tells them apart', (name) => {
    expect(problemsOf(document({}, { destination: both, identity: ours(name) }))).toEqual([]);
  });

  test.each([
    { order: 'ours first', at: (one: object, other: object) => [one, other] as const },
    { order: 'the given one first', at: (one: object, other: object) => [other, one] as const },
  ])('an identity of ours is not given for another account: $order', ({ at }) => {
    const making = { identity: ours('id-shared') };
    const giving = {
      destination: { westeurope: storageId('stother') },
      identity: given({ westeurope: identityId('id-shared') }),
    };
    expect(problemsOf(rules(...at(making, giving)))).toEqual([
      { path: 'rules[1].destination.westeurope', message: expect.stringContaining('identity') },
    ]);
  });

  test('a given identity may serve several accounts: it is never removed by us', () => {
    const shared = given({ westeurope: identityId('id-x'), northeurope: identityId('id-x') });
    expect(problemsOf(document({}, { destination: both, identity: shared }))).toEqual([]);
  });
});

describe('one storage account is one place', () => {
  test('an account of two regions is refused: a flow log needs one in its own', () => {
    const destination = { westeurope: west, northeurope: west };
    expect(problemsOf(document({}, { destination, identity: { kind: 'none' } }))).toEqual([
      { path: 'rules[0].destination.northeurope', message: expect.stringContaining('westeurope') },
    ]);
  });

  test('one account name in two resource groups is refused: names are unique in all of Azure', () => {
    const elsewhere = { destination: { westeurope: west.replace('rg-logs', 'rg-typo') }, identity: { kind: 'none' } };
    expect(problemsOf(rules({ identity: { kind: 'none' } }, elsewhere))).toEqual([
      { path: 'rules[1].destination.westeurope', message: expect.stringContaining(west) },
    ]);
  });
});

test('each location whose given identity is missing is told', () => {
  const destination = { westeurope: west, northeurope: north, swedencentral: storageId('stswe') };
  const identity = given({ westeurope: identityId('id-x') });
  expect(problemsOf(document({}, { destination, identity })).map(({ path }) => path)).toEqual([
    'rules[0].identity.identityId.northeurope',
    'rules[0].identity.identityId.swedencentral',
  ]);
});

test('mistakes of templates, identities and destinations are told together', () => {
  const text = rules(
    { flowLog: { name: '{x}' }, identity: given({ northeurope: identityId('id-x') }) },
    { identity: ours('id') },
  );
  expect(problemsOf(text).map(({ path }) => path)).toEqual([
    'rules[0].flowLog.name',
    'rules[0].identity.identityId.westeurope',
    'rules[1].destination.westeurope',
  ]);
});

describe('the destinations of a policy', () => {
  test('name account, location, identity and where the policy says so', () => {
    expect(destinationsOf(policyOf(document({}, { identity: ours('id-{location}-{account}') })))).toEqual([
      {
        storageAccountId: west,
        location: 'westeurope',
        identityId: identityId('id-westeurope-stlogswest'),
        ours: true,
        mode: 'enforce',
        retention: false,
        path: 'rules[0].destination.westeurope',
      },
    ]);
  });

  test('an account is worked on where one of its rules enforces', () => {
    const policy = policyOf(rules({ mode: 'audit' }, { mode: 'enforce' }));
    expect(destinationOfAccount(policy, 'STLOGSWEST')?.mode).toBe('enforce');
    expect(destinationOfAccount(policy, 'stelse')).toBeNull();
  });

  test('the kill switch stops all of them', () => {
    const policy = policyOf({ ...rules({ mode: 'enforce' }), mode: 'off' });
    expect(destinationOfAccount(policy, 'stlogswest')?.mode).toBe('off');
  });

  test('the spec changes with account and identity, and not with the case of their ids', () => {
    const spec = (storageAccountId: string, identity: string | null) =>
      destinationSpec({ storageAccountId, identityId: identity });
    const specs = [spec(west, 'a'), spec(west, 'b'), spec(west, null), spec(north, 'a')];
    expect(new Set(specs).size).toBe(specs.length);
    expect(spec(west.toUpperCase(), 'A')).toBe(spec(west, 'a'));
  });
});
