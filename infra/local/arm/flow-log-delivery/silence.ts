import { mayUseData } from '../core/authorize.ts';
import { type JsonObject, objectOf, stringOf } from '../core/json.ts';
import type { ResourceBody } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { identitiesOf } from '../resource-types/flow-log-identity.ts';
import { networkOfTarget } from '../resource-types/flow-log-target.ts';
import { isRunning, machineOf } from '../resource-types/virtual-machines.ts';
import { interfacesCoveredBy } from './coverage.ts';

/** The container that Azure makes in a flow log's storage account. */
export const flowLogContainer = 'insights-logs-flowlogflowevent';
const writeBlobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write';

/** Why a flow log writes no blobs; Azure tells nobody. */
export type Silence =
  | 'Disabled'
  | 'ProvisioningFailed'
  | 'TargetGone'
  | 'TargetRecreated'
  | 'StorageAccountGone'
  | 'Firewall'
  | 'KeysForbidden'
  | 'IdentityGone'
  | 'IdentityRecreated'
  | 'RoleMissing'
  | 'NothingRuns';

/** Why a flow log writes nothing at this moment, the first reason found; `undefined` = it writes. */
export function silenceOf(world: World, flowLog: ResourceBody): Silence | undefined {
  const { enabled, provisioningState } = flowLog.properties;
  if (enabled !== true) return 'Disabled';
  if (provisioningState === 'Failed') return 'ProvisioningFailed';
  return targetProblem(world, flowLog) ?? storageProblem(world, flowLog) ?? trafficProblem(world, flowLog);
}

function targetProblem(world: World, { properties }: ResourceBody): Silence | undefined {
  const target = world.store.get(networkOfTarget(String(properties.targetResourceId)));
  if (target === undefined) return 'TargetGone';
  const isSame = target.body.properties.resourceGuid === properties.targetResourceGuid;
  return isSame || world.switches.logOfRecreatedTarget === 'writes' ? undefined : 'TargetRecreated';
}

function storageProblem(world: World, flowLog: ResourceBody): Silence | undefined {
  const account = world.store.get(String(flowLog.properties.storageId))?.body;
  if (account === undefined) return 'StorageAccountGone';
  if (isClosed(account.properties)) return 'Firewall';
  const [identityId] = identitiesOf(flowLog);
  if (identityId === undefined) return account.properties.allowSharedKeyAccess === false ? 'KeysForbidden' : undefined;
  return identityProblem(world, flowLog, account.id, identityId);
}

/** Flow logs come in as a trusted service: by the firewall's bypass, also where public access is off; never through a perimeter. */
function isClosed({ networkAcls, publicNetworkAccess }: JsonObject): boolean {
  if (publicNetworkAccess === 'SecuredByPerimeter') return true;
  const { defaultAction, bypass } = objectOf(networkAcls);
  const isOpen = defaultAction !== 'Deny' && publicNetworkAccess !== 'Disabled';
  return !isOpen && !(stringOf(bypass) ?? 'AzureServices').includes('AzureServices');
}

function identityProblem(
  world: World,
  flowLog: ResourceBody,
  accountId: string,
  identityId: string,
): Silence | undefined {
  const principalId = stringOf(world.store.get(identityId)?.body.properties.principalId);
  if (principalId === undefined) return 'IdentityGone';
  // The log knows the principal that it was bound to; one made anew under the old name is another.
  const bound = objectOf(objectOf(flowLog.identity?.userAssignedIdentities)[identityId]).principalId;
  if (bound !== '' && bound !== principalId) return 'IdentityRecreated';
  const resource = { 'Microsoft.Storage/storageAccounts/blobServices/containers:name': flowLogContainer };
  return mayUseData(world, principalId, writeBlobs, accountId, { resource }) ? undefined : 'RoleMissing';
}

function trafficProblem(world: World, flowLog: ResourceBody): Silence | undefined {
  const runs = interfacesCoveredBy(world, flowLog).some(({ id }) => {
    const machine = machineOf(world, id)?.body;
    return machine !== undefined && isRunning(machine);
  });
  return runs ? undefined : 'NothingRuns';
}
