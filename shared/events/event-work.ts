import type { WorkRequest } from '../inbox/merge-request.ts';
import type { LaneKey } from '../inbox/work-item.ts';
import { isOfType, nameOf, parseResourceId, resourceTypes, sameId } from '../resource-id.ts';
import type { ResourceEvent } from './resource-event.ts';

/** A row for the inbox, and the lane that it belongs to. */
export type LaneWork = { readonly lane: LaneKey; readonly request: WorkRequest };

/** An identity that we bind flow logs to, and the account that it writes to. */
export type KnownIdentity = { readonly identityId: string; readonly storageAccountId: string };

/** What an event asks for; null where it is about nothing of ours. Pure: no request, so a throttled ARM never makes Event Grid redeliver. */
export function workOfEvent(event: ResourceEvent, identities: readonly KnownIdentity[]): LaneWork | null {
  const { operation, resourceId, subscriptionId, correlationId, actorId } = event;
  const lane: LaneKey = { kind: 'subscription', subscriptionId };
  const work = (request: Omit<WorkRequest, 'correlationId'>): LaneWork => ({
    lane,
    request: { ...request, correlationId },
  });
  switch (operation) {
    case 'microsoft.network/virtualnetworks/write':
    case 'microsoft.network/virtualnetworks/delete': {
      if (!isOfType(resourceId, resourceTypes.network)) return null;
      const target = { kind: 'network' as const, id: resourceId };
      return work({ target, reason: 'event', ...(operation.endsWith('delete') ? { unpark: true } : {}) });
    }
    case 'microsoft.network/networkwatchers/flowlogs/write':
    case 'microsoft.network/networkwatchers/flowlogs/delete':
      return isOfType(resourceId, resourceTypes.flowLog)
        ? work({ target: { kind: 'flowLog', id: resourceId }, reason: 'tamper', ...(actorId ? { actorId } : {}) })
        : null;
    case 'microsoft.resources/subscriptions/resourcegroups/moveresources/action':
      return work({ target: { kind: 'subscription', id: `/subscriptions/${subscriptionId}` }, reason: 'event' });
    case 'microsoft.authorization/roleassignments/delete':
      return destinationWork(scopeOf(resourceId), correlationId, identities);
    case 'microsoft.managedidentity/userassignedidentities/delete': {
      const known = identities.find(({ identityId }) => sameId(identityId, resourceId));
      return known ? destinationWork(known.storageAccountId, correlationId, identities) : null;
    }
    default:
      return null;
  }
}

/** The resource that a role assignment is on. */
function scopeOf(roleAssignmentId: string): string {
  return roleAssignmentId.split(/\/providers\/Microsoft\.Authorization\/roleAssignments\//i)[0] ?? '';
}

function destinationWork(
  storageAccountId: string,
  correlationId: string,
  identities: readonly KnownIdentity[],
): LaneWork | null {
  if (!parseResourceId(storageAccountId) || !identities.some((one) => sameId(one.storageAccountId, storageAccountId)))
    return null;
  const lane: LaneKey = { kind: 'destination', account: nameOf(storageAccountId).toLowerCase() };
  return { lane, request: { target: { kind: 'destination', id: storageAccountId }, reason: 'tamper', correlationId } };
}
