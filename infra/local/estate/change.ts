import type { FlowLog } from '@azure/arm-network';
import { nameOf, requireResourceId, sameId } from '../../../shared/resource-id.ts';
import type { EnvironmentFile } from '../world/env-file.ts';
import type { Operator } from '../world/operator.ts';
import { StartError } from '../world/start-error.ts';
import { type EstateFlowLog, type EstateNetwork, theOne } from './read.ts';

export type NewNetwork = {
  readonly name: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
};

/** Creates a VNet with one subnet; answers its id when Azure has finished. */
export async function createNetwork(operator: Operator, network: NewNetwork): Promise<string> {
  const created = await operator
    .network(network.subscriptionId)
    .virtualNetworks.createOrUpdate(network.resourceGroup, network.name, {
      location: network.location,
      tags: { ...network.tags },
      addressSpace: { addressPrefixes: ['10.200.0.0/16'] },
      subnets: [{ name: 'snet-apps', addressPrefix: '10.200.1.0/24' }],
    });
  return created.id ?? '';
}

/** Sets and removes tags of a VNet, as a write of the whole VNet. */
export async function changeTags(
  operator: Operator,
  { subscriptionId, resourceGroup, name, network }: EstateNetwork,
  change: { readonly set: Readonly<Record<string, string>>; readonly remove: readonly string[] },
): Promise<void> {
  const kept = Object.entries(network.tags ?? {}).filter(([tag]) => !change.remove.includes(tag));
  await operator.network(subscriptionId).virtualNetworks.createOrUpdate(resourceGroup, name, {
    ...network,
    tags: { ...Object.fromEntries(kept), ...change.set },
  });
}

/** Deletes a VNet; its flow log stays, as it does in Azure. */
export async function deleteNetwork(
  operator: Operator,
  { subscriptionId, resourceGroup, name }: EstateNetwork,
): Promise<void> {
  await operator.network(subscriptionId).virtualNetworks.delete(resourceGroup, name);
}

/** Writes some fields of a flow log and leaves the others as they are. */
export async function changeFlowLog(
  operator: Operator,
  { id, flowLog }: EstateFlowLog,
  fields: Partial<FlowLog>,
): Promise<void> {
  const { subscriptionId, resourceGroup, names } = requireResourceId(id);
  await operator
    .network(subscriptionId)
    .flowLogs.createOrUpdate(resourceGroup, names[0], nameOf(id), { ...flowLog, ...fields });
}

/** Deletes a flow log. */
export async function deleteFlowLog(operator: Operator, { id }: EstateFlowLog): Promise<void> {
  const { subscriptionId, resourceGroup, names } = requireResourceId(id);
  await operator.network(subscriptionId).flowLogs.delete(resourceGroup, names[0], nameOf(id));
}

/** The one storage account of the estate with this name or id; answers its id. */
export async function findStorageAccount(
  operator: Operator,
  environment: EnvironmentFile,
  nameOrId: string,
): Promise<string> {
  const accounts = environment.subscriptions.map(async ({ id }) =>
    Array.fromAsync(operator.storage(id).storageAccounts.list()),
  );
  const ids = (await Promise.all(accounts)).flat().map(({ id }) => ({ id: id ?? '' }));
  return theOne(
    ids.filter(({ id }) => isNamed(id, nameOrId)),
    'storage account',
    nameOrId,
  ).id;
}

/** Deletes the one user-assigned identity with this name or id; answers its id. */
export async function deleteIdentity(
  operator: Operator,
  environment: EnvironmentFile,
  nameOrId: string,
): Promise<string> {
  const found = await Promise.all(
    environment.subscriptions.map(({ id }) =>
      Array.fromAsync(operator.identities(id).userAssignedIdentities.listBySubscription()),
    ),
  );
  const ids = found.flat().map(({ id }) => ({ id: id ?? '' }));
  const { id } = theOne(
    ids.filter((one) => isNamed(one.id, nameOrId)),
    'identity',
    nameOrId,
  );
  const { subscriptionId, resourceGroup, names } = requireResourceId(id);
  await operator.identities(subscriptionId).userAssignedIdentities.delete(resourceGroup, names[0]);
  return id;
}

/** Deletes the role assignments that an identity has at a storage account; answers their ids. */
export async function deleteRoleAssignments(
  operator: Operator,
  environment: EnvironmentFile,
  storageAccountId: string,
): Promise<readonly string[]> {
  const { subscriptionId } = requireResourceId(storageAccountId);
  const identities = await Promise.all(
    environment.subscriptions.map(({ id }) =>
      Array.fromAsync(operator.identities(id).userAssignedIdentities.listBySubscription()),
    ),
  );
  const principals = new Set(identities.flat().map(({ principalId }) => principalId?.toLowerCase()));
  const assignments = await Array.fromAsync(
    operator.rights(subscriptionId).roleAssignments.listForScope(storageAccountId),
  );
  const ids = assignments
    .filter(
      ({ scope, principalId }) => sameId(scope ?? '', storageAccountId) && principals.has(principalId?.toLowerCase()),
    )
    .map(({ id }) => id ?? '');
  if (ids.length === 0) throw new StartError(`No identity of a flow log holds a role at ${nameOf(storageAccountId)}.`);
  for (const id of ids) await operator.rights(subscriptionId).roleAssignments.deleteById(id);
  return ids;
}

function isNamed(id: string, nameOrId: string): boolean {
  return sameId(nameOrId.includes('/') ? id : nameOf(id), nameOrId);
}
