import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { v5 } from 'uuid';
import { z } from 'zod';
import type { RoleDefinition } from './core/role-definition.ts';
import { builtInRoles } from './resource-types/built-in-roles.ts';

const ours = fileURLToPath(new URL('../../azure/roles/', import.meta.url));
// In Azure each deployment has GUIDs of its own for its roles; here there is one deployment.
const nameSpace = 'b7d4f0a1-53c2-4d0e-9a7c-6f1e2d3c4b5a';

const roleFile = z.object({
  name: z.string(),
  roleName: z.string(),
  description: z.string(),
  permissions: z
    .array(
      z.object({
        actions: z.array(z.string()),
        notActions: z.array(z.string()),
        dataActions: z.array(z.string()),
        notDataActions: z.array(z.string()),
      }),
    )
    .length(1),
});

/**
 * Every role of the simulator: Azure's own by GUID, and those that `infra/azure/roles` deploys by GUID and by file name,
 * so that an estate can assign `…/roleDefinitions/flow-log-writer`. `folder` may hold other role files in their place.
 */
export function loadRoles(folder = ours): ReadonlyMap<string, RoleDefinition> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const custom = files.map((file) => customRole(readFileSync(join(folder, file), 'utf8')));
  return new Map([
    ...builtInRoles.map((role) => [role.name, role] as const),
    ...custom.flatMap(({ file, role }) => [[role.name, role] as const, [file, role] as const]),
  ]);
}

function customRole(text: string): { readonly file: string; readonly role: RoleDefinition } {
  const { name, roleName, description, permissions } = roleFile.parse(JSON.parse(text));
  const [permission] = permissions;
  if (permission === undefined) throw new Error(`The role file '${name}' gives no permission.`);
  const role = {
    name: v5(name, nameSpace),
    roleName,
    description,
    roleType: 'CustomRole',
    ...permission,
    assignableScopes: ['/'],
  } as const;
  return { file: name, role };
}
