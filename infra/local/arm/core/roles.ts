import { arrayOf, objectOf, stringOf } from './json.ts';
import type { Resource } from './resource-type.ts';
import type { RoleDefinition } from './role-definition.ts';
import type { World } from './world.ts';

/** The index entry under which a custom role that was written is found, whatever scope it was written at: its GUID is the tenant's. */
export function roleReference(name: string): string {
  return `role definition ${name}`;
}

/** The role with this GUID, or with the name of its file: as it was written last, else as the world began with it. */
export function roleNamed(world: World, name: string): RoleDefinition | undefined {
  const given = world.roles.get(name);
  const [written] = world.store.referring(roleReference(given?.name ?? name));
  return written === undefined ? given : roleOf(written);
}

/** Every role that can be assigned. */
export function allRoles(world: World): readonly RoleDefinition[] {
  const written = world.store.list('Microsoft.Authorization/roleDefinitions').map(({ body }) => body.name);
  const names = new Set([...[...world.roles.values()].map(({ name }) => name), ...written]);
  return [...names].flatMap((name) => roleNamed(world, name) ?? []);
}

function roleOf({ body }: Resource): RoleDefinition {
  const { roleName, description, assignableScopes, permissions } = body.properties;
  const all = arrayOf(permissions).map(objectOf);
  const texts = (field: string) => all.flatMap((one) => arrayOf(one[field])).flatMap((text) => stringOf(text) ?? []);
  return {
    name: body.name,
    roleName: stringOf(roleName) ?? '',
    description: stringOf(description) ?? '',
    roleType: 'CustomRole',
    actions: texts('actions'),
    notActions: texts('notActions'),
    dataActions: texts('dataActions'),
    notDataActions: texts('notDataActions'),
    assignableScopes: arrayOf(assignableScopes).flatMap((scope) => stringOf(scope) ?? []),
  };
}
