import { beforeAll, describe, expect, test } from 'vitest';
import { type RoleFile, readCondition, readRoleFiles } from './role-files.ts';

const storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';
let roles: readonly RoleFile[];

beforeAll(async () => {
  roles = await readRoleFiles();
});

function roleNamed(name: string): RoleFile {
  const role = roles.find((candidate) => candidate.name === name);
  if (role === undefined) throw new Error(`There is no role file named ${name}.`);
  return role;
}

describe('the role files', () => {
  test('are named as they name themselves, and no two have the same name', () => {
    expect(roles.length).toBeGreaterThan(0);
    for (const role of roles) expect(role.fileName).toBe(`${role.name}.json`);
    expect(new Set(roles.map((role) => role.roleName)).size).toBe(roles.length);
  });

  test('name every action in full, without a wildcard', () => {
    for (const role of roles) {
      expect(role.allActions.length).toBeGreaterThan(0);
      for (const action of role.allActions)
        expect(action).toMatch(/^Microsoft(\.\w+)+(\/\w+)+\/(read|write|delete|action)$/);
    }
  });

  test('give one reason for each action, and for nothing else', () => {
    for (const role of roles) {
      expect(Object.keys(role.reasons).sort()).toEqual([...role.allActions].sort());
      for (const reason of Object.values(role.reasons)) expect(reason.length).toBeGreaterThan(20);
    }
  });

  test('never let the app see a key, make a SAS, join or change a network, or federate an identity', () => {
    const forbidden =
      /listKeys|listServiceSas|listAccountSas|regenerateKey|virtualNetworks\/write|join|federatedIdentity|elevateAccess/i;
    for (const action of roles.flatMap((role) => role.allActions)) expect(action).not.toMatch(forbidden);
  });

  test('only read, where audit mode is all that is asked for', () => {
    for (const action of roleNamed('reader').allActions) expect(action).toMatch(/\/read$/);
  });

  test('delete only what a run of Flowkeeper may have to undo', () => {
    const deletes = roles.flatMap((role) => role.allActions.filter((action) => action.endsWith('/delete')));
    expect(deletes.sort()).toEqual([
      'Microsoft.Authorization/roleAssignments/delete',
      'Microsoft.ManagedIdentity/userAssignedIdentities/delete',
      'Microsoft.Network/networkWatchers/flowLogs/delete',
    ]);
  });

  test('let the app write nothing but flow logs at the estate, the optional network watchers aside', () => {
    const estate = roles.filter(
      ({ assignedAt, holder, name }) =>
        holder === 'app' && assignedAt === 'estate' && name !== 'network-watcher-creator',
    );
    const changes = estate.flatMap((role) => role.allActions).filter((action) => !action.endsWith('/read'));
    expect(changes.every((action) => action.startsWith('Microsoft.Network/networkWatchers/flowLogs/'))).toBe(true);
  });

  test('grant roles, or touch data, only under a condition and only on a storage account', () => {
    for (const role of roles) {
      const needsCondition = role.allActions.some((action) =>
        /roleAssignments\/(write|delete)$|\/blobs\//.test(action),
      );
      expect({ name: role.name, conditioned: role.condition !== undefined }).toEqual({
        name: role.name,
        conditioned: needsCondition,
      });
      if (needsCondition) expect(role.assignedAt).toBe('storageAccount');
    }
  });
});

describe('the condition of the destination operator', () => {
  let branches: { readonly write: string; readonly remove: string };

  beforeAll(async () => {
    const condition = await readCondition(roleNamed('destination-operator').condition ?? '');
    const [write = '', remove = ''] = condition.split(/^AND$/m);
    branches = { write, remove };
  });

  test('lets it grant Storage Blob Data Contributor only, to service principals only, and never to the app itself', () => {
    expect(branches.write).toContain("!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})");
    const [roleId, principalType, principalId] = branches.write.split(/\bOR\b/)[1]?.split(/\bAND\b/) ?? [];
    expect(roleId).toContain(
      `roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${storageBlobDataContributor}}`,
    );
    expect(principalType).toContain(
      "roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}",
    );
    expect(principalId).toContain('roleAssignments:PrincipalId] ForAnyOfAllValues:GuidNotEquals {<appPrincipalId>}');
  });

  test('lets it take back that role from anyone, so that what is left of a deleted identity can be removed too', () => {
    expect(branches.remove).toContain("!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})");
    expect(branches.remove).toContain(
      `roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${storageBlobDataContributor}}`,
    );
    expect(branches.remove).not.toContain('PrincipalType');
  });
});
