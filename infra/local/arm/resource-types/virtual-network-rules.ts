import { ArmError } from '../core/arm-error.ts';
import { arrayOf, objectOf, stringOf } from '../core/json.ts';
import type { ResourceBody } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { networkOfTarget, targetReference } from './flow-log-target.ts';
import { interfaceReference, subnetsOfInterface } from './network-interfaces.ts';

/**
 * Refuses to move a network whose interfaces would stay behind, or to another subscription while flow logs are on it
 * (documented among the limits of moving networks). The outer code is Azure's, the inner ones are ours.
 */
export function refuseMove(world: World, { id }: ResourceBody, targetGroup: string): void {
  const isFar = id.split('/')[2]?.toLowerCase() !== targetGroup.split('/')[2]?.toLowerCase();
  const [used] = world.store.referring(interfaceReference(id));
  const [logged] = [id, ...subnetIdsOf(world, id)].flatMap((target) => world.store.referring(targetReference(target)));
  if (used !== undefined) throw moveRefused('MissingMoveDependentResources', `${used.body.id} would stay behind.`, id);
  if (isFar && logged !== undefined)
    throw moveRefused('FlowLogOnVirtualNetwork', `The flow log ${logged.body.id} has to be deleted first.`, id);
}

function subnetIdsOf(world: World, id: string): readonly string[] {
  const properties = world.store.get(id)?.body.properties;
  return arrayOf(properties?.subnets).flatMap((subnet) => stringOf(objectOf(subnet).id) ?? []);
}

function moveRefused(code: string, message: string, target: string): ArmError {
  const outer = 'Resource move validation failed. Please see details. Diagnostic information: see details.';
  const error = { code: 'ResourceMoveProviderValidationFailed', message: outer, details: [{ code, target, message }] };
  return new ArmError(409, error);
}

/** Refuses to delete a network that something is still attached to. */
export function refuseInUse(world: World, { id }: ResourceBody): void {
  const [used] = world.store.referring(interfaceReference(id));
  if (used !== undefined) throw inUse(id, used.body.id);
}

/** Refuses to delete a subnet that something is still attached to. */
export function refuseSubnetInUse(world: World, { id }: ResourceBody): void {
  const isHere = (subnet: string) => subnet.toLowerCase() === id.toLowerCase();
  const used = world.store
    .referring(interfaceReference(networkOfTarget(id)))
    .find(({ body }) => subnetsOfInterface(body).some(isHere));
  if (used !== undefined) throw inUse(id, used.body.id);
}

function inUse(id: string, by: string): ArmError {
  const message =
    `Subnet in ${id} is in use by ${by} and cannot be deleted. In order to delete the subnet, delete all the resources ` +
    'within the subnet. See aka.ms/deletesubnet.';
  return new ArmError(400, { code: 'InUseSubnetCannotBeDeleted', message, details: [] });
}
