import type { ResourceType } from '../core/resource-type.ts';
import { eventSubscriptions } from './event-subscriptions.ts';
import { flowLogs } from './flow-logs.ts';
import { locks } from './locks.ts';
import { networkWatchers } from './network-watchers.ts';
import { resourceGroups } from './resource-groups.ts';
import { roleAssignments } from './role-assignments.ts';
import { roleDefinitions } from './role-definitions.ts';
import { storageAccounts } from './storage-accounts.ts';
import { subscriptions } from './subscriptions.ts';
import { userAssignedIdentities } from './user-assigned-identities.ts';
import { virtualNetworks } from './virtual-networks.ts';

/** Every resource type of the simulator, in the order in which an estate is loaded (what is referred to comes first). */
export const resourceTypes: readonly ResourceType[] = [
  subscriptions,
  resourceGroups,
  userAssignedIdentities,
  storageAccounts,
  virtualNetworks,
  networkWatchers,
  flowLogs,
  roleDefinitions,
  roleAssignments,
  locks,
  eventSubscriptions,
];
