import type { ResourceType } from '../core/resource-type.ts';
import { blobContainers } from './blob-containers.ts';
import { blobServices } from './blob-services.ts';
import { denyAssignments } from './deny-assignments.ts';
import { eventSubscriptions, topicEventSubscriptions } from './event-subscriptions.ts';
import { flowLogs } from './flow-logs.ts';
import { locks } from './locks.ts';
import { managementGroupDescendants, managementGroups } from './management-groups.ts';
import { managementPolicies } from './management-policies.ts';
import { networkInterfaces } from './network-interfaces.ts';
import { networkWatchers } from './network-watchers.ts';
import { policyAssignments, policyDefinitions } from './policies.ts';
import { resourceGroups } from './resource-groups.ts';
import { roleAssignments } from './role-assignments.ts';
import { roleDefinitions } from './role-definitions.ts';
import { storageAccounts } from './storage-accounts.ts';
import { subnets } from './subnets.ts';
import { subscriptions } from './subscriptions.ts';
import { systemTopics } from './system-topics.ts';
import { userAssignedIdentities } from './user-assigned-identities.ts';
import { virtualMachines } from './virtual-machines.ts';
import { virtualNetworks } from './virtual-networks.ts';
import { workspaces } from './workspaces.ts';

/** Every resource type of the simulator, in the order in which an estate is loaded (what is referred to comes first). */
export const resourceTypes: readonly ResourceType[] = [
  managementGroups,
  managementGroupDescendants,
  subscriptions,
  resourceGroups,
  userAssignedIdentities,
  storageAccounts,
  blobServices,
  blobContainers,
  managementPolicies,
  workspaces,
  virtualNetworks,
  subnets,
  networkInterfaces,
  virtualMachines,
  networkWatchers,
  flowLogs,
  roleDefinitions,
  roleAssignments,
  locks,
  denyAssignments,
  policyDefinitions,
  policyAssignments,
  systemTopics,
  topicEventSubscriptions,
  eventSubscriptions,
];
