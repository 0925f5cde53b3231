import type { Permission, RoleDefinition } from '@azure/arm-authorization';
import { z } from 'zod';
import { readRoleFiles } from '../../azure/role-files.ts';
import type { Scene } from './scene.ts';

/** Every action that some role of the app gives, in the words of infra/azure/roles. */
export async function actionsOfApp(): Promise<readonly string[]> {
  const roles = (await readRoleFiles()).filter(({ holder }) => holder === 'app');
  return [...new Set(roles.flatMap(({ allActions }) => allActions))].sort();
}

/** Takes an action out of every role of the app that gives it, as the owner of the roles would; answers how to put it back. */
export async function takeAction(scene: Scene, action: string): Promise<() => Promise<void>> {
  const { roleDefinitions } = scene.operator.rights(scene.subscription.id);
  const scope = `/subscriptions/${scene.subscription.id}`;
  const assignableScopes = scene.environment().subscriptions.map(({ id }) => `/subscriptions/${id}`);
  const custom = await Array.fromAsync(roleDefinitions.list(scope, { filter: "type eq 'CustomRole'" }));
  const giving = custom.filter(({ permissions }) => permissions?.some((one) => gives(one, action)));
  if (giving.length === 0) throw new Error(`No role of the app gives ${action}.`);
  const write = async (role: RoleDefinition, isKept: (one: string) => boolean) => {
    const permissions = (role.permissions ?? []).map(({ actions = [], dataActions = [] }) => ({
      actions: actions.filter(isKept),
      dataActions: dataActions.filter(isKept),
    }));
    await roleDefinitions.createOrUpdate(scope, role.name ?? '', { ...role, assignableScopes, permissions });
  };
  for (const role of giving) await write(role, (one) => one !== action);
  return async () => {
    for (const role of giving) await write(role, () => true);
  };
}

function gives({ actions = [], dataActions = [] }: Permission, action: string): boolean {
  return [...actions, ...dataActions].includes(action);
}

/** What the app has asked Azure to do so far, whether or not it was allowed. */
export async function actionsAsked(scene: Scene): Promise<readonly string[]> {
  const { controlUrl } = scene.environment();
  const answer = await fetch(`${controlUrl}/actions?principalId=${scene.appPrincipalId}`);
  return z
    .array(z.object({ action: z.string() }))
    .parse(await answer.json())
    .map(({ action }) => action);
}
