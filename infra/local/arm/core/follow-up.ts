import { ArmError } from './arm-error.ts';
import { finishWrite } from './changes.ts';
import type { ErrorBody } from './exchange.ts';
import type { Operation } from './operation.ts';
import { parseResourceId } from './resource-id.ts';
import type { ResourceType } from './resource-type.ts';
import { canonicalId } from './target.ts';
import type { World } from './world.ts';

/** Writes what Azure itself decided to make (a network watcher with its group); nothing when it is there or refused. */
export function writeFollowUp(world: World, type: ResourceType, operation: Operation): ErrorBody | undefined {
  const id = parseResourceId(operation.resourceId);
  if (id === undefined || world.store.get(id.id) !== undefined) return undefined;
  const write = {
    world,
    id: canonicalId(world, type, id),
    body: operation.body ?? {},
    before: undefined,
    principalId: operation.origin.principalId,
  };
  try {
    const after = type.shape(write);
    type.check?.(write, after);
    return finishWrite(world, type, after, operation.origin);
  } catch (error) {
    if (error instanceof ArmError) return error.error;
    throw error;
  }
}
