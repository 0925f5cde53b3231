import { destinationsOf } from '../policy/destinations.ts';
import type { Policy } from '../policy/document.ts';
import type { DestinationBody, Retired } from '../records/destination-body.ts';
import { sameId } from '../resource-id.ts';
import type { Undo } from '../steps/contract.ts';
import { roleAssignmentId } from '../steps/role-assignment-id.ts';
import type { DestinationPlan } from './destination-plan.ts';
import { isIdentityInUse } from './identity-in-use.ts';
import type { WorkContext } from './work-context.ts';

/** How long a published identity of ours stays after the last flow log that uses it. */
const keptMs = 24 * 60 * 60_000;

/** Whether it is time to ask if a retired identity is still used. Pure. */
export function isDueForCollection({ since }: Retired, now: Date): boolean {
  return now.getTime() - Date.parse(since) >= keptMs;
}

/**
 * What of the retired has not been used for a day, as Azure itself says: to be removed. What could not be asked about, or
 * what the policy wants again, stays.
 */
export async function collectable(
  context: WorkContext,
  { retired }: DestinationBody,
  policy: Policy,
): Promise<Pick<DestinationPlan, 'collect' | 'inUse'>> {
  const wanted = destinationsOf(policy).map(({ identityId }) => identityId ?? '');
  const collect: Undo[] = [];
  const inUse: string[] = [];
  for (const one of retired.filter((entry) => isDueForCollection(entry, context.now()))) {
    const { identityId } = one;
    const used =
      identityId !== null && (wanted.some((id) => sameId(id, identityId)) || (await mayBeInUse(context, identityId)));
    if (used) inUse.push(identityId);
    else collect.push(...undosOf(one));
  }
  return { collect, inUse };
}

/** Whether a flow log or another resource uses the identity, or that can't be said. */
export async function mayBeInUse(context: WorkContext, identityId: string): Promise<boolean> {
  const used = await isIdentityInUse(context, identityId);
  if (!used.ok)
    context.log.warn({ identityId, code: used.error.code }, 'identity kept: its flow logs could not be read');
  return !used.ok || used.value;
}

/** Oldest first: the identity goes after its grant. */
export function undosOf({ identityId, roleAssignmentId: grant }: Retired): readonly Undo[] {
  const absent = { kind: 'absent' } as const;
  return [
    ...(identityId ? [{ step: 'ensureIdentity' as const, resourceId: identityId, to: absent }] : []),
    { step: 'ensureRoleAssignment' as const, resourceId: grant, to: absent },
  ];
}

/**
 * The retired after a run. Pure. What was published before and is another now joins them; of an identity that was made
 * anew under its name only the old grant does. What was collected leaves; what is used begins its day anew.
 */
export function retiredAfter(
  before: DestinationBody,
  published: DestinationBody['published'],
  { collect, inUse }: Pick<DestinationPlan, 'collect' | 'inUse'>,
  leftovers: readonly Undo[],
  now: Date,
): readonly Retired[] {
  const has = (undos: readonly Undo[], id: string) => undos.some(({ resourceId }) => sameId(resourceId, id));
  const isGone = (one: Retired) =>
    undosOf(one).every(({ resourceId }) => has(collect, resourceId) && !has(leftovers, resourceId));
  const since = now.toISOString();
  return [
    ...before.retired
      .filter((one) => !isGone(one) && !(one.identityId && published && sameId(one.identityId, published.identityId)))
      .map((one) => (one.identityId && inUse.some((id) => sameId(id, one.identityId ?? '')) ? { ...one, since } : one)),
    ...newlyRetired(before, published, since),
  ];
}

function newlyRetired(
  { published: former, storageAccountId }: DestinationBody,
  published: DestinationBody['published'],
  since: string,
): readonly Retired[] {
  if (!former?.ours || !storageAccountId) return [];
  const { identityId, principalId } = former;
  const sameIdentity = published !== null && sameId(published.identityId, identityId);
  if (sameIdentity && sameId(published.principalId, principalId)) return [];
  const grant = roleAssignmentId({ storageAccountId, principalId });
  return [{ identityId: sameIdentity ? null : identityId, roleAssignmentId: grant, since }];
}
