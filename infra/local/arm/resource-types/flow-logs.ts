import type { LinkedRight, ResourceBody, ResourceType, Write } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { completeFlowLog } from './flow-log-completion.ts';
import { identitiesOf, shownIdentity } from './flow-log-identity.ts';
import { flowLogProperties } from './flow-log-request.ts';
import { checkFlowLog } from './flow-log-rules.ts';
import { networkOfTarget, targetReference } from './flow-log-target.ts';
import { locationOf } from './location.ts';
import { tagsOf } from './tags.ts';
import { networkVersions } from './versions.ts';

export const flowLogType = 'Microsoft.Network/networkWatchers/flowLogs';

/** Flow logs, children of a network watcher whose etag they show. Bodies as recorded from Azure. */
export const flowLogs: ResourceType = {
  type: flowLogType,
  apiVersions: networkVersions,
  home: 'resourceGroup',
  verbs: ['PUT', 'PATCH', 'DELETE'],
  etag: 'parent',
  durations: { put: ({ times }) => times.flowLogWrite, delete: ({ times }) => times.flowLogWrite },
  shape,
  check: checkFlowLog,
  complete: completeFlowLog,
  holds: ({ properties }) => [networkOfTarget(String(properties.targetResourceId))],
  linkedRights,
  references: ({ properties }) => [targetReference(String(properties.targetResourceId))],
};

function shape(write: Write): ResourceBody {
  const { id, before, world } = write;
  const former = before?.properties.targetResourceGuid;
  const keeps = world.switches.recreatedTarget === 'keep';
  const target = world.store.get(networkOfTarget(flowLogProperties(write).targetResourceId));
  return {
    name: id.name,
    id: id.id,
    etag: '',
    properties: {
      provisioningState: 'Succeeded',
      ...flowLogProperties(write),
      targetResourceGuid: (keeps ? former : undefined) ?? target?.body.properties.resourceGuid ?? former,
    },
    type: flowLogType,
    location: locationOf(write),
    tags: tagsOf(write),
    identity: shownIdentity(write),
  };
}

function linkedRights(world: World, after: ResourceBody): readonly LinkedRight[] {
  const assign = 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action';
  const identities = identitiesOf(after).map((scope) => ({ action: assign, scope }));
  if (world.switches.storageKeyActions === 'notNeeded') return identities;
  const actions = ['read', 'listServiceSas/action', 'listAccountSas/action', 'listKeys/action'];
  const scope = String(after.properties.storageId);
  return [...identities, ...actions.map((name) => ({ action: `Microsoft.Storage/storageAccounts/${name}`, scope }))];
}
