import type { World } from '../core/world.ts';
import { identityOf } from './user-assigned-identities.ts';

/** The type of a principal of this tenant: an identity, or one of the estate's people and apps. */
export function principalOf(world: World, principalId: string): 'ServicePrincipal' | undefined {
  const known =
    identityOf(world, principalId)?.properties.principalId === principalId || isEstatePrincipal(world, principalId);
  return known ? 'ServicePrincipal' : undefined;
}

/** Says whether role assignments find this principal yet: new identities replicate for a while. */
export function isReplicated(world: World, principalId: string): boolean {
  if (isEstatePrincipal(world, principalId)) return true;
  const identity = identityOf(world, principalId);
  const since = identity === undefined ? undefined : world.store.get(identity.id)?.createdAt;
  return since !== undefined && since + world.times.identityReplication <= world.clock.now();
}

function isEstatePrincipal(world: World, principalId: string): boolean {
  return world.principals.some((principal) => principal.principalId.toLowerCase() === principalId.toLowerCase());
}
