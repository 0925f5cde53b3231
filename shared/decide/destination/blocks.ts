import { ownProblem, type Problem } from '../../problem.ts';
import { type DestinationFacts, type Read, type StorageFacts, seen } from './facts.ts';

/** What keeps a storage account from receiving the flow logs of a region. Asked before any write. */
export function accountBlocks(
  storageAccountId: string,
  location: string,
  account: StorageFacts | null,
): readonly Problem[] {
  if (!account) {
    const message =
      'The policy names this storage account, and it does not exist. Make it, or change rules[].destination.';
    return [ownProblem('StorageAccountNotFound', storageAccountId, message)];
  }
  return accountChecks.flatMap(({ code, holds, message }) =>
    holds(account, location) ? [] : [ownProblem(code, storageAccountId, message(account, location))],
  );
}

const accountChecks = [
  {
    code: 'StorageAccountInOtherRegion',
    holds: (account: StorageFacts, location: string) => account.location === location,
    message: (account: StorageFacts, location: string) =>
      `A flow log needs a storage account in its network's region: this one is in ${account.location}, the policy uses it for ${location}.`,
  },
  {
    code: 'StorageAccountTier',
    holds: ({ tier }: StorageFacts) => tier === 'Standard',
    message: ({ tier }: StorageFacts) =>
      `Flow logs can only be written to a Standard storage account; this one is ${tier}.`,
  },
  {
    code: 'StorageAccountKind',
    holds: ({ kind }: StorageFacts) => kind !== 'FileStorage',
    message: ({ kind }: StorageFacts) => `Flow logs are blobs, and an account of the kind ${kind} holds none.`,
  },
  {
    code: 'StorageAccountFirewall',
    holds: letsFlowLogsIn,
    message: () =>
      'The firewall of the storage account does not let in trusted Azure services, so no flow log would arrive. Allow them (bypass AzureServices).',
  },
] as const;

/** Flow logs come in as one of Azure's trusted services, where the account is not open to all. */
export function letsFlowLogsIn({ defaultAction, publicNetworkAccess, trustsAzure }: StorageFacts): boolean {
  return trustsAzure || (defaultAction !== 'Deny' && publicNetworkAccess !== 'Disabled');
}

/** Role assignments that a subscription may hold (Azure's limit, which can't be raised). */
export const mostRoleAssignments = 4000;

/** What would make a write fail, or what was written useless, beyond the account itself. Empty: go on. */
export function destinationBlocks(facts: DestinationFacts): readonly Problem[] {
  return [...otherTenant(facts), ...immutable(facts), ...readOnly(facts), ...unregistered(facts), ...usedUp(facts)];
}

function otherTenant({ tenants, storageAccountId }: DestinationFacts): Problem[] {
  const account = seen(tenants?.account ?? null);
  if (!tenants || !account || account === tenants.identity) return [];
  const message = `A flow log writes within one tenant: the storage account is in ${account}, the identity in ${tenants.identity}.`;
  return [ownProblem('StorageAccountInOtherTenant', storageAccountId, message)];
}

function immutable({ container, storageAccountId }: DestinationFacts): Problem[] {
  const found = seen(container);
  if (!found?.immutable || found.allowsAppends) return [];
  const message =
    'The container of the flow logs is immutable and does not allow appending to block blobs, so Azure could write each log only once. Set allowProtectedAppendWritesAll.';
  return [ownProblem('ContainerImmutable', storageAccountId, message)];
}

function readOnly({ locks, lacks, storageAccountId }: DestinationFacts): Problem[] {
  const lock = seen(locks)?.find(({ level }) => level === 'ReadOnly');
  if (!lock || !lacks.access) return [];
  const message = `The identity has yet to be given the right to write blobs, and a read-only lock on ${lock.scope} forbids that.`;
  return [ownProblem('StorageAccountReadOnly', storageAccountId, message)];
}

function unregistered({ registrations, lacks }: DestinationFacts): Problem[] {
  return registrations
    .filter(({ namespace, state }) => namespace === identities && lacks.identity && isUnregistered(state))
    .map(({ subscriptionId }) => {
      const message = `The identity is to be made in a subscription that is not registered for ${identities}.`;
      return ownProblem('ProviderNotRegistered', `/subscriptions/${subscriptionId}`, message);
    });
}

const identities = 'Microsoft.ManagedIdentity';

export function isUnregistered(state: Read<string>): boolean {
  const value = seen(state);
  return value !== undefined && value !== 'Registered' && value !== 'Registering';
}

function usedUp({ roleAssignments, storageAccountId }: DestinationFacts): Problem[] {
  const held = seen(roleAssignments);
  if (held === undefined || held < mostRoleAssignments) return [];
  const message = `The subscription of the storage account holds ${held} role assignments, as many as Azure allows; the identity needs one more.`;
  return [ownProblem('RoleAssignmentsUsedUp', storageAccountId, message)];
}
