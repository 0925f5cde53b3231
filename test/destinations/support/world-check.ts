import { isDeepStrictEqual } from 'node:util';
import type { DestinationBody } from '../../../shared/records/destination-body.ts';
import { sameId } from '../../../shared/resource-id.ts';
import { roleAssignmentId, roleAssignmentIds } from '../../../shared/steps/role-assignment-id.ts';

/** A resource as ARM keeps it. */
export type Resource = { readonly id: string; readonly tags?: object | undefined; readonly [field: string]: unknown };

export type Told = {
  /** What is told of networks: the log that serves each, and what could not be taken back. */
  readonly networks: readonly { readonly flowLogId?: unknown; readonly leftovers: readonly string[] }[];
  readonly destinations: readonly DestinationBody[];
};

/**
 * What is wrong with the world after something has happened in it: a foreign resource that is gone or changed, or one of
 * ours of which nobody is told. `mayChange` are foreign resources that the policy brings in line. Empty: all is well.
 */
export function worldCheck(
  before: readonly Resource[],
  after: readonly Resource[],
  told: Told,
  mayChange: readonly string[] = [],
): readonly string[] {
  const find = (resources: readonly Resource[], id: string) => resources.find((one) => sameId(one.id, id));
  const known = knownIds(told);
  const gone = before.filter(({ id }) => !find(after, id)).map(({ id }) => `gone: ${id}`);
  const changed = before
    .filter(({ id }) => !mayChange.some((one) => sameId(one, id)))
    .filter((one) => {
      const now = find(after, one.id);
      return now !== undefined && !isDeepStrictEqual(settled(one), settled(now));
    })
    .map(({ id }) => `changed: ${id}`);
  const untold = after
    .filter((one) => mayBeOurs.test(one.id) && !find(before, one.id))
    .filter((one) => !known.some((id) => sameId(id, one.id)))
    .map(({ id }) => `untold: ${id}`);
  return [...gone, ...changed, ...untold];
}

/**
 * The types of all that Flowkeeper makes and may have to tell of. A network watcher and its group are not among them: Azure
 * makes them too, they stay, and everybody uses them.
 */
const mayBeOurs = /\/(flowLogs|userAssignedIdentities|roleAssignments)\/[^/]+$/i;

/** Everything that somebody who reads what is told would find. */
function knownIds({ networks, destinations }: Told): readonly string[] {
  const ofNetworks = networks.flatMap(({ flowLogId, leftovers }) => [
    ...leftovers,
    ...(typeof flowLogId === 'string' ? [flowLogId] : []),
  ]);
  const ofDestinations = destinations.flatMap(({ storageAccountId, published, intent, retired }) => [
    ...intent.flatMap(({ step, resourceId }) =>
      step === 'ensureRoleAssignment' ? roleAssignmentIds(resourceId) : [resourceId],
    ),
    ...retired.flatMap((one) => [one.identityId ?? '', ...roleAssignmentIds(one.roleAssignmentId)]),
    ...(published && storageAccountId
      ? [
          published.identityId,
          ...roleAssignmentIds(roleAssignmentId({ storageAccountId, principalId: published.principalId })),
        ]
      : []),
  ]);
  return [...ofNetworks, ...ofDestinations];
}

/** A log's etag is its watcher's, which changes with every log beside it. */
function settled({ etag: _, ...resource }: Resource): unknown {
  return JSON.parse(JSON.stringify(resource));
}
