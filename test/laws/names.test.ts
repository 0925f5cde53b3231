import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flowLogName, identityName, roleAssignmentName } from '../../shared/policy/names.ts';
import { guid, location, networkId, storageAccountId } from './support/arbitraries.ts';

const lower = (name: string) => name.toLowerCase();
const template = fc
  .array(fc.constantFrom('{network}', '{resourceGroup}', '{location}', '-', '_', '.', 'fl', ' ', 'é', '9'), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => parts.join(''));
const fixed = '{network}-{resourceGroup}-flowlog';

describe("a flow log's name", () => {
  test('has at most 80 characters, all of them valid, whatever the template and the network are called', () => {
    fc.assert(
      fc.property(template, networkId, location, (text, id, region) => {
        const name = flowLogName(text, id, region);
        expect(name).toMatch(/^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9_])?$/);
        expect(name).not.toMatch(/[-_]-[0-9a-f]{8}$/);
        expect(name.length).toBeLessThanOrEqual(80);
      }),
    );
  });

  test('is the same for the same network, however its id is spelt', () => {
    fc.assert(
      fc.property(template, networkId, location, (text, id, region) => {
        const name = flowLogName(text, id, region);
        expect(flowLogName(text, id, region)).toBe(name);
        for (const spelt of [id.toLowerCase(), id.toUpperCase()])
          expect(lower(flowLogName(text, spelt, region))).toBe(lower(name));
      }),
    );
  });

  test('is another for another network, also under a template that tells nothing apart', () => {
    const distinct = fc.uniqueArray(networkId, { selector: lower, minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(fc.oneof(template, fc.constantFrom('flowlog', fixed)), distinct, location, (text, ids, region) => {
        const names = ids.map((id) => lower(flowLogName(text, id, region)));
        expect(new Set(names).size).toBe(ids.length);
      }),
    );
  });

  test('is told apart where the parts read alike, are cut off, or lose the same character', () => {
    const id = (group: string, name: string) =>
      `/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/${name}`;
    const long = 'x'.repeat(63);
    const ids = [
      id('c', 'a-b'),
      id('b-c', 'a'),
      id('c', 'a.b'),
      id('c', 'a_b'),
      id('(c)', 'a-b'),
      id('.c', 'a-b'),
      id('rg', `${long}1`),
      id('rg', `${long}2`),
      id(`rg-${long}-1`, long),
      id(`rg-${long}-2`, long),
    ];
    expect(new Set(ids.map((one) => lower(flowLogName(fixed, one, 'westeurope')))).size).toBe(ids.length);
  });

  test('does not change between versions of the product: else every log would be made a second time', () => {
    const id =
      '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-app/providers/Microsoft.Network/virtualNetworks/vnet-app';
    expect(flowLogName(fixed, id, 'westeurope')).toBe('vnet-app-rg-app-flowlog-7636dc2e');
  });
});

describe("an identity's name", () => {
  test('has at most 128 valid characters, and tells accounts apart by {account}', () => {
    const distinct = fc.uniqueArray(storageAccountId, {
      selector: (id) => lower(id.slice(id.lastIndexOf('/') + 1)),
      minLength: 2,
      maxLength: 10,
    });
    fc.assert(
      fc.property(distinct, location, (ids, region) => {
        const names = ids.map((id) => identityName('id-flowkeeper-{location}-{account}', id, region));
        expect(new Set(names).size).toBe(ids.length);
        for (const name of names) expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$/);
      }),
    );
  });
});

describe("a role assignment's name", () => {
  const parts = fc.tuple(storageAccountId, guid, guid);

  test('is a UUID, the same for the same scope, principal and role, however they are spelt', () => {
    fc.assert(
      fc.property(parts, ([scope, principal, role]) => {
        const name = roleAssignmentName(scope, principal, role);
        expect(name).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(roleAssignmentName(scope.toUpperCase(), principal.toUpperCase(), role.toUpperCase())).toBe(name);
      }),
    );
  });

  test('is another where scope, principal or role is another', () => {
    fc.assert(
      fc.property(parts, parts, ([scope, principal, role], [scope2, principal2, role2]) => {
        const names = [
          roleAssignmentName(scope, principal, role),
          roleAssignmentName(scope2, principal, role),
          roleAssignmentName(scope, principal2, role),
          roleAssignmentName(scope, principal, role2),
        ];
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });

  test('does not change between versions of the product', () => {
    expect(roleAssignmentName('/scope', 'principal', 'role')).toBe('0e75b1a4-44ac-5aea-ad86-658272e4ba67');
  });
});
