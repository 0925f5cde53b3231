import type { DesiredFlowLog } from '../decide/facts.ts';
import type { Observed } from '../plan/plan-network.ts';
import type { DestinationBody } from '../records/destination-body.ts';
import { sameId } from '../resource-id.ts';

/** What the plan of a network has to know of its destination. */
export type DestinationView = Pick<Observed, 'principalId' | 'destinationWarnings'>;

const missing = ['IdentityMissing', 'RoleAssignmentMissing'];

/** What the destination's own row says of it; nothing where it is of another identity than the one that is wanted. Pure. */
export function viewDestination(body: DestinationBody | null, desired: DesiredFlowLog | null): DestinationView {
  const identityId = desired?.identityId ?? null;
  if (!body?.identityId || !identityId || !sameId(body.identityId, identityId))
    return { principalId: null, destinationWarnings: [] };
  const ready = body.state === 'ready';
  return {
    principalId: body.principalId,
    // What was missing when the lane looked, and is there since it is ready, is told no more.
    destinationWarnings: body.warnings.filter(({ code }) => !ready || !missing.includes(code)),
  };
}
