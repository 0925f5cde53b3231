import { readdir, readFile } from 'node:fs/promises';
import { z } from 'zod';

const rolesFolder = new URL('../../infra/azure/roles/', import.meta.url);
const conditionsFolder = new URL('../../infra/azure/conditions/', import.meta.url);

const roleFile = z.strictObject({
  name: z.string(),
  roleName: z.string().startsWith('Flowkeeper '),
  description: z.string().endsWith('.'),
  holder: z.enum(['app', 'pipeline']),
  assignedAt: z.enum(['estate', 'identityGroup', 'storageAccount']),
  when: z.string().endsWith('.'),
  assignableScopes: z.tuple([]),
  permissions: z.tuple([
    z.strictObject({
      actions: z.array(z.string()),
      notActions: z.tuple([]),
      dataActions: z.array(z.string()),
      notDataActions: z.tuple([]),
    }),
  ]),
  condition: z.string().optional(),
  reasons: z.record(z.string(), z.string().endsWith('.')),
});

/** A role file as it is on disk, with every action and data action in one list. */
export type RoleFile = z.infer<typeof roleFile> & { readonly fileName: string; readonly allActions: readonly string[] };

/** Every role file, strictly parsed: an unknown field, a subtraction or a fixed scope throws. */
export async function readRoleFiles(): Promise<readonly RoleFile[]> {
  const fileNames = (await readdir(rolesFolder)).filter((fileName) => fileName.endsWith('.json')).sort();
  return Promise.all(
    fileNames.map(async (fileName) => {
      const role = roleFile.parse(JSON.parse(await readFile(new URL(fileName, rolesFolder), 'utf8')));
      const { actions, dataActions } = role.permissions[0];
      return { ...role, fileName, allActions: [...actions, ...dataActions] };
    }),
  );
}

/** The text of a role assignment's condition, its placeholder for the app's principal still in it. */
export async function readCondition(fileName: string): Promise<string> {
  return readFile(new URL(fileName, conditionsFolder), 'utf8');
}
