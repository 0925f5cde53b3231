import { ArmError } from './arm-error.ts';
import type { Operation } from './operation.ts';
import { parseResourceId, subscriptionPath } from './resource-id.ts';
import type { ResourceType } from './resource-type.ts';
import type { World } from './world.ts';

/**
 * Refuses a write while another one holds the resource or one of those that the write needs for itself. Returns the
 * operation that the write replaces, for types whose writes supersede each other.
 */
export function refuseBusy(
  world: World,
  type: ResourceType,
  id: string,
  holds: readonly string[],
): Operation | undefined {
  const holder = holds.map((key) => world.store.holderOf(key)).find((operation) => operation !== undefined);
  if (holder === undefined) return undefined;
  const same = holder.resourceId.toLowerCase() === id.toLowerCase();
  if (same && holder.kind === 'put' && type.supersedes) return holder;
  const foreign = parseResourceId(holder.resourceId)?.type.toLowerCase() !== type.type.toLowerCase();
  if (foreign && world.switches.writeOfLoggedTarget === 'accept') return undefined;
  throw foreign ? retryable(world, holder) : anotherOperation(world, holder);
}

// Named in the documentation of ARM; SDKs retry it by themselves because it carries Retry-After.
function retryable(world: World, holder: Operation): ArmError {
  const error = { code: 'RetryableErrorDueToAnotherOperation', message: text(world, holder), details: [] };
  return new ArmError(429, error, { 'Retry-After': String(world.times.retryAfterSeconds) });
}

function anotherOperation(world: World, holder: Operation): ArmError {
  return new ArmError(409, { code: 'AnotherOperationInProgress', message: text(world, holder), details: [] });
}

function text(world: World, holder: Operation): string {
  const namespace = parseResourceId(holder.resourceId)?.type.split('/')[0];
  const path = `${subscriptionPath(holder.subscriptionId)}/providers/${namespace}/locations/${holder.location}/operations/${holder.id}`;
  return (
    'Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: ' +
    `${world.endpoint}${path}?api-version=2026-01-01.`
  );
}
