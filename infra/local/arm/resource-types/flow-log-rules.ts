import { ArmError } from '../core/arm-error.ts';
import { arrayOf, objectOf, stringOf } from '../core/json.ts';
import { refuseUnregistered } from '../core/registration.ts';
import { parentOf, parseResourceId, subscriptionPath } from '../core/resource-id.ts';
import type { Resource, ResourceBody, Write } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { identityNotFound } from './flow-log-completion.ts';
import { identitiesOf } from './flow-log-identity.ts';
import { networkOfTarget, targetReference } from './flow-log-target.ts';

/** Refuses a flow log that Azure would refuse: its references, one log per target, and Azure's sporadic 500s. */
export function checkFlowLog(write: Write, after: ResourceBody): void {
  const { world, id } = write;
  refuseUnregistered(world, id.subscriptionId, 'Microsoft.Insights');
  const unknown = identitiesOf(after).find((identity) => world.store.get(identity) === undefined);
  if (unknown !== undefined) throw new ArmError(400, identityNotFound(id.id, unknown));
  const watcher = world.store.get(parentOf(id) ?? '');
  if (watcher?.body.location !== after.location) throw invalidReference(watcher?.body.id ?? '', id.id);
  checkTarget(write, after);
  checkStorage(world, after);
  checkOnlyOne(world, after);
  if (write.before === undefined) refuseSporadically(world, id.id);
  else refuseOtherTarget(world, write.before, after);
}

function checkTarget({ world, id }: Write, after: ResourceBody): void {
  const targetId = String(after.properties.targetResourceId);
  const network = world.store.get(networkOfTarget(targetId));
  const sameSubscription =
    parseResourceId(targetId)?.subscriptionId?.toLowerCase() === id.subscriptionId?.toLowerCase();
  if (network === undefined || !sameSubscription || network.body.location !== after.location)
    throw invalidReference(targetId, id.id);
  if (networkOfTarget(targetId) !== targetId && !hasSubnet(network, targetId)) throw invalidReference(targetId, id.id);
  if (stringOf(network.body.properties.provisioningState) === 'Succeeded') return;
  throw notProvisioned(world, network, id.id);
}

function hasSubnet(network: Resource, subnetId: string): boolean {
  const ids = arrayOf(network.body.properties.subnets).map((subnet) => stringOf(objectOf(subnet).id)?.toLowerCase());
  return ids.includes(subnetId.toLowerCase());
}

/** The storage account has to be there, in the same region and tenant, of Standard tier. */
function checkStorage(world: World, { id, location, properties }: ResourceBody): void {
  const storageId = String(properties.storageId);
  const account = world.store.get(storageId);
  refuseOtherTenant(world, storageId);
  if (account === undefined || account.body.location !== location) throw invalidReference(storageId, id);
  if (stringOf(objectOf(account.body.sku).tier) === 'Standard') return;
  // The rule is documented, its error code is not; this one is ours.
  const message = `The storage account '${storageId}' has premium performance, which flow logs do not support.`;
  throw new ArmError(400, { code: 'FlowLogStorageTierNotSupported', message, details: [] });
}

/** ARM does not follow a reference into a subscription of another tenant, whatever the caller may do there. */
function refuseOtherTenant(world: World, storageId: string): void {
  const subscriptionId = parseResourceId(storageId)?.subscriptionId ?? '';
  const subscription = world.store.get(subscriptionPath(subscriptionId))?.body;
  if (subscription === undefined || subscription.properties.tenantId === world.tenantId) return;
  const message =
    'The client has permission to perform the action, however the current tenant ' +
    `'${world.tenantId}' is not authorized to access linked subscription '${subscriptionId}'.`;
  throw new ArmError(403, { code: 'LinkedAuthorizationFailed', message }, { 'x-ms-failure-cause': 'gateway' });
}

function checkOnlyOne(world: World, { id, properties }: ResourceBody): void {
  const others = world.store.referring(targetReference(String(properties.targetResourceId)));
  const other = others.find(({ key }) => key !== id.toLowerCase());
  if (other === undefined) return;
  const message = `Cannot create more than one flow log per target resource. Target resource ${properties.targetResourceId} has flow log ${other.body.id}.`;
  throw new ArmError(400, { code: 'CannotCreateMoreThanOneFlowLogPerTargetResource', message, details: [] });
}

/** Tools make a log anew for another target; whether Azure would refuse is not published, nor how: the code is ours. */
function refuseOtherTarget(world: World, before: ResourceBody, after: ResourceBody): void {
  const [was, wanted] = [before, after].map(({ properties }) => String(properties.targetResourceId).toLowerCase());
  if (was === wanted || world.switches.retargetedFlowLog === 'accept') return;
  const message = `Changing property 'targetResourceId' of flow log ${after.id} is not allowed.`;
  throw new ArmError(400, { code: 'PropertyChangeNotAllowed', message, target: 'targetResourceId', details: [] });
}

/** Parallel creates in one watcher fail now and then in Azure; here about a third of them, when the switch says so. */
function refuseSporadically(world: World, id: string): void {
  if (world.switches.parallelCreates === 'accept') return;
  const watcher = id.slice(0, id.toLowerCase().lastIndexOf('/flowlogs/')).toLowerCase();
  const beside = [...world.store.running.values()].filter((operation) =>
    operation.resourceId.toLowerCase().startsWith(`${watcher}/`),
  );
  if (beside.length === 0 || world.random() > 1 / 3) return;
  throw new ArmError(500, { code: 'InternalServerError', message: 'An error occurred.', details: [] });
}

function invalidReference(referenced: string, by: string): ArmError {
  const message =
    `Resource ${referenced} referenced by resource ${by} was not found. Please make sure that the referenced resource exists, ` +
    'and that both resources are in the same region.';
  return new ArmError(400, { code: 'InvalidResourceReference', message, details: [] });
}

function notProvisioned(world: World, target: Resource, by: string): ArmError {
  const state = stringOf(target.body.properties.provisioningState);
  const message =
    `Cannot proceed with operation because resource ${target.body.id} used by resource ${by} is not in Succeeded state. Resource ` +
    `is in ${state} state and the last operation that updated/is updating the resource is PutVirtualNetworkOperation.`;
  const details = [{ code: 'ReferencedResourceNotProvisioned', message }];
  const error = { code: 'RetryableError', message: 'A retryable error occurred.', details };
  return new ArmError(429, error, { 'Retry-After': String(world.times.retryAfterSeconds) });
}
