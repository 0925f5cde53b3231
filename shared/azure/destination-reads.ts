import type { StorageAccount } from '@azure/arm-storage';
import { z } from 'zod';
import type { ContainerFacts, LockFacts, Read, StorageFacts } from '../decide/destination/facts.ts';
import { normalLocation, requireResourceId } from '../resource-id.ts';
import type { ArmClients } from './arm-clients.ts';
import { type ArmOutcome, arm, armFind } from './arm-outcome.ts';
import { flowLogContainer } from './flow-log-container.ts';
import { mapOutcome } from './network-reads.ts';

/** The storage account, or null where there is none. One request, as each of these. */
export async function readStorageAccount(
  clients: ArmClients,
  storageAccountId: string,
): Promise<ArmOutcome<StorageFacts | null>> {
  const { storage, group, name } = clientOf(clients, storageAccountId);
  return mapOutcome(
    await armFind(() => storage.storageAccounts.getProperties(group, name)),
    (account) => account && storageFacts(account),
  );
}

/** Whether each change of a blob keeps what was before. */
export async function readVersioning(clients: ArmClients, storageAccountId: string): Promise<Read<boolean>> {
  const { storage, group, name } = clientOf(clients, storageAccountId);
  return read(await arm(() => storage.blobServices.getServiceProperties(group, name)), (found) =>
    Boolean(found.isVersioningEnabled),
  );
}

/** The container of the flow logs; null before the first of them has come. */
export async function readContainer(
  clients: ArmClients,
  storageAccountId: string,
): Promise<Read<ContainerFacts | null>> {
  const { storage, group, name } = clientOf(clients, storageAccountId);
  return read(await armFind(() => storage.blobContainers.get(group, name, flowLogContainer)), (container) => {
    if (!container) return null;
    const { hasImmutabilityPolicy, hasLegalHold, immutabilityPolicy, legalHold, immutableStorageWithVersioning } =
      container;
    // Immutability of versions keeps each of them, and lets the next one come.
    if (immutableStorageWithVersioning?.enabled) return { immutable: false, allowsAppends: true };
    const held = !hasLegalHold || legalHold?.protectedAppendWritesHistory?.allowProtectedAppendWritesAll === true;
    const kept = !hasImmutabilityPolicy || immutabilityPolicy?.allowProtectedAppendWritesAll === true;
    return { immutable: Boolean(hasImmutabilityPolicy || hasLegalHold), allowsAppends: held && kept };
  });
}

/** The locks on the account, its group and its subscription. */
export async function readLocks(clients: ArmClients, storageAccountId: string): Promise<Read<readonly LockFacts[]>> {
  const { managementLocks } = clients.locks(requireResourceId(storageAccountId).subscriptionId);
  const all = () => Array.fromAsync(managementLocks.listByScope(storageAccountId, { filter: 'atScope()' }));
  return read(await arm(all), (locks) =>
    locks.map(({ level, id }) => ({
      level: level ?? '',
      scope: (id ?? '').split(/\/providers\/Microsoft\.Authorization\/locks\//i)[0] ?? '',
    })),
  );
}

/** How many lifecycle rules the account has. */
export async function countLifecycleRules(clients: ArmClients, storageAccountId: string): Promise<Read<number>> {
  const { storage, group, name } = clientOf(clients, storageAccountId);
  return read(
    await armFind(() => storage.managementPolicies.get(group, name, 'default')),
    (found) => found?.policy?.rules?.length ?? 0,
  );
}

/** `Registered`, `NotRegistered`, or on the way from one to the other. */
export async function readRegistration(
  clients: ArmClients,
  subscriptionId: string,
  namespace: string,
): Promise<Read<string>> {
  return read(
    await arm(() => clients.resources(subscriptionId).providers.get(namespace)),
    ({ registrationState }) => registrationState ?? '',
  );
}

/** The tenant of a subscription; null where Resource Graph does not show it. One query, as the next. */
export async function readTenant(clients: ArmClients, subscriptionId: string): Promise<Read<string | null>> {
  const query = "resourcecontainers | where type =~ 'microsoft.resources/subscriptions' | project tenantId";
  return read(
    await ask(clients, subscriptionId, query),
    (rows) => z.array(z.object({ tenantId: z.string() })).parse(rows)[0]?.tenantId ?? null,
  );
}

/** How many role assignments a subscription holds, as its limit counts them: those at management groups are not among them. */
export async function countRoleAssignments(clients: ArmClients, subscriptionId: string): Promise<Read<number>> {
  const query = `authorizationresources
| where type =~ 'microsoft.authorization/roleassignments' and id startswith '/subscriptions/${subscriptionId}/'
| summarize assigned = count()`;
  return read(
    await ask(clients, subscriptionId, query),
    (rows) => z.array(z.object({ assigned: z.number() })).parse(rows)[0]?.assigned ?? 0,
  );
}

function ask({ graph }: ArmClients, subscriptionId: string, query: string): Promise<ArmOutcome<unknown>> {
  const options = { resultFormat: 'objectArray' as const };
  return arm(async () => (await graph.resources({ query, options, subscriptions: [subscriptionId] })).data);
}

function clientOf(clients: ArmClients, storageAccountId: string) {
  const { subscriptionId, resourceGroup, names } = requireResourceId(storageAccountId);
  return { storage: clients.storage(subscriptionId), group: resourceGroup, name: names[0] };
}

function read<From, To>(outcome: ArmOutcome<From>, change: (value: From) => To): Read<To> {
  return outcome.ok ? { value: change(outcome.value) } : { refused: outcome.error.code };
}

function storageFacts(account: StorageAccount): StorageFacts {
  const { location, kind, sku, networkRuleSet, publicNetworkAccess, allowSharedKeyAccess, primaryEndpoints } = account;
  return {
    location: normalLocation(location ?? ''),
    kind: kind ?? '',
    tier: sku?.tier ?? (sku?.name?.startsWith('Premium') ? 'Premium' : 'Standard'),
    // Where nothing is said, the account is open to all.
    trustsAzure: networkRuleSet ? /\bAzureServices\b/.test(networkRuleSet.bypass ?? '') : true,
    defaultAction: networkRuleSet?.defaultAction ?? 'Allow',
    publicNetworkAccess: publicNetworkAccess ?? 'Enabled',
    keysAllowed: allowSharedKeyAccess !== false,
    blobEndpoint: primaryEndpoints?.blob ?? null,
  };
}
