import { randomUUID } from 'node:crypto';
import type { FlowLog } from '@azure/arm-network';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireResourceId, sameId } from '../../shared/resource-id.ts';
import { changeDestination, destinationOf } from './support/destination-rows.ts';
import { eventually, openScene, type Scene, untilState } from './support/scene.ts';
import { sweep } from './support/sweep.ts';

const names = ['vnet-one', 'vnet-two', 'vnet-three'];
const yesterday = () => new Date(Date.now() - 25 * 3_600_000).toISOString();

describe('what flow logs share is made again, and goes when none of them needs it', () => {
  let scene: Scene;
  let accountId: string;
  let identityId: string;
  const networkIds: string[] = [];

  beforeAll(async () => {
    scene = await openScene();
    accountId =
      scene.environment().destinations.find(({ location }) => location === 'westeurope')?.storageAccountId ?? '';
    for (const name of names) networkIds.push(await scene.createNetwork(name));
    for (const name of names) await untilState(scene, name, 'Compliant');
    identityId = (await destinationOf(scene, 'stflowlogsweu'))?.identityId ?? '';
  });
  afterAll(() => scene.close());

  const rights = () => scene.operator.rights(requireResourceId(accountId).subscriptionId).roleAssignments;
  const grantsAt = async (scope: string) => {
    const all = await Array.fromAsync(rights().listForScope(scope));
    return all.filter((one) => sameId(one.scope ?? '', scope) && one.roleDefinitionId?.includes('ba92f5b4'));
  };
  const logs = async (): Promise<FlowLog[]> => (await Promise.all(networkIds.map((id) => scene.flowLogsOf(id)))).flat();
  const principals = async () =>
    (await logs()).flatMap(({ identity }) =>
      Object.values(identity?.userAssignedIdentities ?? {}).map(({ principalId }) => principalId),
    );
  const identities = () => scene.resources('Microsoft.ManagedIdentity/userAssignedIdentities');
  const lastRequest = async () => (await scene.requests()).at(-1)?.seq ?? 0;
  const writesSince = async (seq: number) =>
    (await scene.requests(seq)).filter(({ method }) => method !== 'GET' && method !== 'POST');
  /** A sweep, an hour after the last look at the destinations and a day after the last use of what is retired. */
  const nextDay = async (account: string) => {
    await changeDestination(scene, account, (body) => ({
      ...body,
      checkedAt: yesterday(),
      retired: body.retired.map((one) => ({ ...one, since: yesterday() })),
    }));
    await sweep(scene);
    await eventually(async () => ((await destinationOf(scene, account))?.checkedAt ?? '') > yesterday());
  };

  it('a role assignment that was deleted is granted again, and told', async () => {
    const [grant] = await grantsAt(accountId);
    const before = await lastRequest();
    await rights().deleteById(grant?.id ?? '');
    await eventually(async () => (await grantsAt(accountId)).length === 1);
    const body = await eventually(async () => {
      const known = await destinationOf(scene, 'stflowlogsweu');
      return known?.state === 'ready' && known.warnings.length > 0 && known;
    });
    expect(body.warnings.map(({ code }) => code)).toEqual(['RoleAssignmentMissing']);
    expect((await writesSince(before)).map(({ path }) => path)).toEqual([expect.stringContaining('/roleAssignments/')]);
  });

  it('an identity that was deleted is made again, and every log is bound to the new one', async () => {
    const [former] = await principals();
    const { subscriptionId, resourceGroup, names: parts } = requireResourceId(identityId);
    await scene.operator.identities(subscriptionId).userAssignedIdentities.delete(resourceGroup, parts[0]);
    const now = await eventually(async () => {
      const bound = await principals();
      return (
        bound.length === names.length && bound.every((one) => one && one !== former && one === bound[0]) && bound[0]
      );
    }, principals);
    const body = await eventually(async () => {
      const known = await destinationOf(scene, 'stflowlogsweu');
      return known?.principalId === now && known;
    });
    // The grant of the identity that is gone is ours too, and known.
    expect(body.retired).toMatchObject([{ identityId: null }]);
    expect(await grantsAt(accountId)).toHaveLength(2);
    for (const name of names) await untilState(scene, name, 'Compliant');
  });

  it('the grant of an identity that is gone is removed a day later', async () => {
    await nextDay('stflowlogsweu');
    const [grant, ...others] = await eventually(async () => {
      const left = await grantsAt(accountId);
      return left.length === 1 && left;
    });
    expect(others).toEqual([]);
    expect(grant?.principalId).toBe((await principals())[0]);
    expect(await destinationOf(scene, 'stflowlogsweu')).toMatchObject({ state: 'ready', retired: [] });
  });

  it('rights that the identity does not need are told, and stay', async () => {
    const scope = accountId.slice(0, accountId.indexOf('/providers/'));
    const { subscriptionId } = requireResourceId(accountId);
    const principalId = (await principals())[0] ?? '';
    const roleDefinitionId = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`;
    const grant = { roleDefinitionId, principalId, principalType: 'ServicePrincipal' };
    await rights().create(scope, '99999999-0000-4000-8000-000000000001', grant);
    await nextDay('stflowlogsweu');
    const body = await eventually(async () => {
      const known = await destinationOf(scene, 'stflowlogsweu');
      return known?.state === 'ready' && known.warnings.length > 0 && known;
    });
    expect(body.warnings).toMatchObject([
      { code: 'IdentityHasMoreRights', message: expect.stringContaining('acdd72a7') },
    ]);
    await nextDay('stflowlogsweu');
    expect(
      scene.log.filter((line) => line.includes('IdentityHasMoreRights') && line.includes('destination warning')),
    ).toHaveLength(1);
    expect((await Array.fromAsync(rights().listForScope(scope))).map(({ name }) => name)).toContain(
      '99999999-0000-4000-8000-000000000001',
    );
  });

  it('a storage account that the policy replaces: every log is re-pointed in place, and none is ever off', async () => {
    const newAccountId = await accountLike(scene, accountId, 'stflowlogsnew');
    const before = await logs();
    const seq = await lastRequest();
    const { body } = await scene.call('/api/policy');
    const text = JSON.stringify(body).replaceAll(accountId, newAccountId);
    expect((await scene.call('/api/policy', { method: 'PUT', body: text })).status).toBe(200);
    await sweep(scene);
    const repointed = async () =>
      (await logs()).every(
        ({ storageId, provisioningState }) =>
          sameId(storageId ?? '', newAccountId) && provisioningState === 'Succeeded',
      );
    await eventually(repointed, logs);
    const after = await logs();
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(after.map(({ enabled }) => enabled)).toEqual(names.map(() => true));
    const writes = (await writesSince(seq)).filter(({ path }) => path.includes('/flowLogs/'));
    expect(writes.map(({ method }) => method)).toEqual(names.map(() => 'PUT'));
  });

  it('the identity that served before stays as long as a log uses it', async () => {
    const kept = await logBoundTo(scene, identityId, accountId);
    await sweep(scene);
    await eventually(async () => ((await destinationOf(scene, 'stflowlogsweu'))?.retired.length ?? 0) > 0);
    expect((await destinationOf(scene, 'stflowlogsweu'))?.retired).toMatchObject([{ identityId }]);
    await nextDay('stflowlogsweu');
    await eventually(async () => {
      const [one] = (await destinationOf(scene, 'stflowlogsweu'))?.retired ?? [];
      return one && one.since > yesterday();
    });
    expect((await identities()).filter(({ id }) => sameId(id, identityId))).toHaveLength(1);
    await removeLog(scene, kept);
  });

  it('and goes, with its grant, a day after the last of them', async () => {
    await nextDay('stflowlogsweu');
    await eventually(async () => (await destinationOf(scene, 'stflowlogsweu'))?.retired.length === 0);
    expect((await identities()).filter(({ id }) => sameId(id, identityId))).toEqual([]);
    expect(await grantsAt(accountId)).toEqual([]);
    for (const name of names) expect(await scene.told(name)).toMatchObject({ state: 'Compliant' });
  });
});

/** Another storage account in the same place, on which the app has the same rights. */
async function accountLike(scene: Scene, accountId: string, name: string): Promise<string> {
  const { subscriptionId, resourceGroup } = requireResourceId(accountId);
  const account = { location: 'westeurope', kind: 'StorageV2', sku: { name: 'Standard_LRS' } };
  const made = await scene.operator.storage(subscriptionId).storageAccounts.create(resourceGroup, name, account);
  const id = made.id ?? '';
  const { roleAssignments } = scene.operator.rights(subscriptionId);
  const filter = `principalId eq '${scene.appPrincipalId}'`;
  for await (const grant of roleAssignments.listForScope(accountId, { filter })) {
    if (!sameId(grant.scope ?? '', accountId)) continue;
    const { roleDefinitionId = '', principalId = '', principalType, condition, conditionVersion } = grant;
    await roleAssignments.create(id, randomUUID(), {
      roleDefinitionId,
      principalId,
      ...(principalType ? { principalType } : {}),
      ...(condition ? { condition, conditionVersion: conditionVersion ?? '2.0' } : {}),
    });
  }
  return id;
}

/** A flow log that is none of Flowkeeper's business, for its network is exempt, and that uses the identity all the same. */
async function logBoundTo(scene: Scene, identityId: string, storageId: string): Promise<string> {
  const targetResourceId = await scene.createNetwork('vnet-exempt', 'westeurope', { 'flow-log': 'exempt' });
  const { flowLogs, networkWatchers } = scene.operator.network(scene.subscription.id);
  const watchers = await Array.fromAsync(networkWatchers.listAll());
  const { resourceGroup, names: parts } = requireResourceId(
    watchers.find(({ location }) => location === 'westeurope')?.id ?? '',
  );
  const made = await flowLogs.createOrUpdate(resourceGroup, parts[0], 'log-by-hand', {
    location: 'westeurope',
    targetResourceId,
    storageId,
    enabled: true,
    identity: { type: 'UserAssigned', userAssignedIdentities: { [identityId]: {} } },
  });
  return made.id ?? '';
}

async function removeLog(scene: Scene, flowLogId: string): Promise<void> {
  const { subscriptionId, resourceGroup, names: parts } = requireResourceId(flowLogId);
  await scene.operator.network(subscriptionId).flowLogs.delete(resourceGroup, parts[0], parts[1] ?? '');
}
