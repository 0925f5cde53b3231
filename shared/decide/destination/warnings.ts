import { ownProblem, type Problem } from '../../problem.ts';
import { isUnregistered, mostRoleAssignments } from './blocks.ts';
import { type DestinationFacts, type Read, type StorageFacts, seen } from './facts.ts';
import { isNeeded } from './grants.ts';

/** What does not keep a destination from being used, and somebody should know. */
export function destinationWarnings(account: StorageFacts, facts: DestinationFacts): readonly Problem[] {
  return [
    ...network(account, facts),
    ...versioned(facts),
    ...locked(facts),
    ...rulesShort(facts),
    ...unregistered(facts),
    ...assignmentsShort(facts),
    ...tampered(facts),
    ...moreRights(facts),
    ...unread(facts),
  ];
}

function network({ publicNetworkAccess }: StorageFacts, { storageAccountId }: DestinationFacts): Problem[] {
  if (publicNetworkAccess === 'Disabled') {
    const message =
      'Public network access is disabled. Trusted Azure services keep the access that the firewall gave them before; see that flow logs arrive.';
    return [ownProblem('PublicAccessDisabled', storageAccountId, message)];
  }
  if (publicNetworkAccess === 'SecuredByPerimeter') {
    const message =
      'A network security perimeter guards the storage account, and it does not heed trusted Azure services. See that a rule of it lets flow logs in.';
    return [ownProblem('NetworkSecurityPerimeter', storageAccountId, message)];
  }
  return [];
}

function versioned({ versioning, storageAccountId }: DestinationFacts): Problem[] {
  if (!seen(versioning)) return [];
  const message =
    'Blob versioning is on: each append makes a version, about 60 an hour for each network interface, and all of them are paid for.';
  return [ownProblem('BlobVersioning', storageAccountId, message)];
}

function locked({ locks, lacks, storageAccountId }: DestinationFacts): Problem[] {
  const found = (seen(locks) ?? []).filter(({ level }) => level !== 'ReadOnly' || !lacks.access);
  if (found.length === 0) return [];
  const where = found.map(({ level, scope }) => `${level} on ${scope}`).join(', ');
  const message = `A lock keeps Flowkeeper from taking back or mending the identity's right to write: ${where}.`;
  return [ownProblem('StorageAccountLocked', storageAccountId, message)];
}

/** Each log with retention takes one of 10 prefixes in one of 100 lifecycle rules of the account. */
const mostRules = 100;
const fewRulesLeft = 10;

function rulesShort({ lifecycleRules, storageAccountId }: DestinationFacts): Problem[] {
  const rules = seen(lifecycleRules);
  if (rules === undefined || rules <= mostRules - fewRulesLeft) return [];
  const message = `${rules} of the ${mostRules} lifecycle rules of the account are taken, and flow logs with retention need more: about 10 logs share one.`;
  return [ownProblem('LifecycleRulesShort', storageAccountId, message)];
}

function unregistered({ registrations, lacks }: DestinationFacts): Problem[] {
  return registrations
    .filter(
      ({ namespace, state }) => isUnregistered(state) && !(namespace === 'Microsoft.ManagedIdentity' && lacks.identity),
    )
    .map(({ namespace, subscriptionId }) => {
      const message = `The subscription is not registered for ${namespace}: Azure refuses the flow logs of networks in it.`;
      return ownProblem('ProviderNotRegistered', `/subscriptions/${subscriptionId}`, message);
    });
}

const fewAssignmentsLeft = 100;

function assignmentsShort({ roleAssignments, storageAccountId }: DestinationFacts): Problem[] {
  const held = seen(roleAssignments);
  if (held === undefined || held < mostRoleAssignments - fewAssignmentsLeft || held >= mostRoleAssignments) return [];
  const message = `The subscription of the storage account holds ${held} of the ${mostRoleAssignments} role assignments that Azure allows.`;
  return [ownProblem('RoleAssignmentsShort', storageAccountId, message)];
}

/** A drift of the destination: somebody took away what was there. It is made again. */
function tampered({ wasPublished, lacks, identityId, storageAccountId }: DestinationFacts): Problem[] {
  if (!wasPublished || !identityId) return [];
  if (lacks.identity) {
    const message =
      'The identity was there and is gone. It is made again where it is ours, and flow logs are bound anew.';
    return [ownProblem('IdentityMissing', identityId, message)];
  }
  if (!lacks.access) return [];
  const message = `The identity ${identityId} had the right to write blobs, and it was taken away. It is given again.`;
  return [ownProblem('RoleAssignmentMissing', storageAccountId, message)];
}

const mostNamed = 5;

/** Reported, never removed: who gave an identity more than it needs may have had a reason. */
function moreRights({ grants, storageAccountId, identityId }: DestinationFacts): Problem[] {
  const extra = grants.filter((grant) => !isNeeded(grant, storageAccountId));
  if (extra.length === 0 || !identityId) return [];
  const named = extra.slice(0, mostNamed).map(({ roleDefinitionId, scope }) => `${roleDefinitionId} at ${scope}`);
  const more = extra.length > mostNamed ? ` and ${extra.length - mostNamed} more` : '';
  const message = `The identity may do more than write to its storage account: ${named.join(', ')}${more}.`;
  return [ownProblem('IdentityHasMoreRights', identityId, message)];
}

function unread(facts: DestinationFacts): Problem[] {
  const reads: readonly (readonly [string, Read<unknown> | null | undefined])[] = [
    ['blob versioning', facts.versioning],
    ['the immutability of the container', facts.container],
    ['locks', facts.locks],
    ['lifecycle rules', facts.lifecycleRules],
    ["the account's tenant", facts.tenants?.account],
    ['the number of role assignments', facts.roleAssignments],
    ...facts.registrations.map(({ namespace, state }) => [`the registration of ${namespace}`, state] as const),
  ];
  const refused = reads.flatMap(([what, read]) => (read && 'refused' in read ? [`${what} (${read.refused})`] : []));
  if (refused.length === 0) return [];
  const message = `Azure did not let Flowkeeper read ${refused.join(', ')}. The destination is used all the same.`;
  return [ownProblem('DestinationUnread', facts.storageAccountId, message)];
}
