import type { ArmClients } from '../azure/arm-clients.ts';
import { type ArmOutcome, said } from '../azure/arm-outcome.ts';
import {
  countLifecycleRules,
  countRoleAssignments,
  readContainer,
  readLocks,
  readRegistration,
  readStorageAccount,
  readTenant,
  readVersioning,
} from '../azure/destination-reads.ts';
import { readGrants } from '../azure/role-grants.ts';
import { accountBlocks, destinationBlocks } from '../decide/destination/blocks.ts';
import type { DestinationFacts, Grant, StorageFacts } from '../decide/destination/facts.ts';
import { mayWriteBlobs } from '../decide/destination/grants.ts';
import { destinationWarnings } from '../decide/destination/warnings.ts';
import type { Destination } from '../policy/destinations.ts';
import type { Problem } from '../problem.ts';
import { requireResourceId } from '../resource-id.ts';
import { type IdentityFacts, readIdentity } from '../steps/ensure-identity.ts';

/** What a destination is like: what forbids to use it, what somebody should know, and what is there of it. */
export type ObservedDestination = {
  readonly blocks: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly identity: IdentityFacts | null;
  /** The identity may write blobs of the account. */
  readonly access: boolean;
};

/**
 * Looks at a destination before anything is written. Nine requests at most where nothing is to be made.
 * Only the account, the identity and its grants are vital: another read that is refused becomes a warning.
 */
export async function observeDestination(
  clients: ArmClients,
  destination: Destination,
  wasPublished: boolean,
): Promise<ArmOutcome<ObservedDestination>> {
  const { storageAccountId, location } = destination;
  const account = await readStorageAccount(clients, storageAccountId);
  if (!account.ok) return account;
  const blocks = accountBlocks(storageAccountId, location, account.value);
  if (!account.value || blocks.length > 0) return said({ blocks, warnings: [], identity: null, access: false });
  return observeFurther(clients, destination, account.value, wasPublished);
}

async function observeFurther(
  clients: ArmClients,
  destination: Destination,
  account: StorageFacts,
  wasPublished: boolean,
): Promise<ArmOutcome<ObservedDestination>> {
  const { storageAccountId, identityId } = destination;
  const [settings, holder] = await Promise.all([readSettings(clients, destination), readHolder(clients, destination)]);
  if (!holder.ok) return holder;
  const { identity, grants } = holder.value;
  const access = mayWriteBlobs(grants);
  const lacks = { identity: identityId !== null && !identity, access: identityId !== null && !access };
  const depending = await readDepending(clients, destination, identity, lacks);
  const facts: DestinationFacts = {
    ...settings,
    ...depending,
    registrations: [...settings.registrations, ...depending.registrations],
    storageAccountId,
    identityId,
    grants,
    lacks,
    wasPublished,
  };
  const blocks = destinationBlocks(facts);
  return said({ blocks, warnings: destinationWarnings(account, facts), identity, access });
}

/** The identity, and what it holds at the account and above. */
async function readHolder(
  clients: ArmClients,
  { storageAccountId, identityId }: Destination,
): Promise<ArmOutcome<{ readonly identity: IdentityFacts | null; readonly grants: readonly Grant[] }>> {
  const identity = identityId ? await readIdentity(clients, identityId) : said(null);
  if (!identity.ok) return identity;
  if (!identity.value) return said({ identity: null, grants: [] });
  const grants = await readGrants(clients, storageAccountId, identity.value.principalId);
  return grants.ok ? said({ identity: identity.value, grants: grants.value }) : grants;
}

/** What is asked of every account. */
async function readSettings(clients: ArmClients, { storageAccountId, retention }: Destination) {
  const { subscriptionId } = requireResourceId(storageAccountId);
  const [versioning, container, locks, insights, lifecycleRules] = await Promise.all([
    readVersioning(clients, storageAccountId),
    readContainer(clients, storageAccountId),
    readLocks(clients, storageAccountId),
    readRegistration(clients, subscriptionId, 'Microsoft.Insights'),
    retention ? countLifecycleRules(clients, storageAccountId) : null,
  ]);
  const registrations = [{ namespace: 'Microsoft.Insights', subscriptionId, state: insights }];
  return { versioning, container, locks, lifecycleRules, registrations };
}

/** What is only asked where something depends on it. */
async function readDepending(
  clients: ArmClients,
  { storageAccountId, identityId, ours }: Destination,
  identity: IdentityFacts | null,
  lacks: DestinationFacts['lacks'],
): Promise<Pick<DestinationFacts, 'tenants' | 'roleAssignments' | 'registrations'>> {
  const { subscriptionId } = requireResourceId(storageAccountId);
  const makes = lacks.identity && ours && identityId ? requireResourceId(identityId).subscriptionId : null;
  const [tenant, roleAssignments, registration] = await Promise.all([
    identity ? readTenant(clients, subscriptionId) : null,
    lacks.access ? countRoleAssignments(clients, subscriptionId) : null,
    makes ? readRegistration(clients, makes, 'Microsoft.ManagedIdentity') : null,
  ]);
  return {
    tenants: tenant && identity ? { account: tenant, identity: identity.tenantId } : null,
    roleAssignments,
    registrations:
      registration && makes
        ? [{ namespace: 'Microsoft.ManagedIdentity', subscriptionId: makes, state: registration }]
        : [],
  };
}
