import type { ArmClients } from '../azure/arm-clients.ts';
import { classify } from '../azure/arm-error-table.ts';
import { type ArmOutcome, arm, armFind } from '../azure/arm-outcome.ts';
import { findUserOf } from '../azure/identity-uses.ts';
import { mapOutcome } from '../azure/network-reads.ts';
import { ownProblem } from '../problem.ts';
import { requireResourceId } from '../resource-id.ts';
import type { StepAnswer, Undo } from './contract.ts';
import { removal } from './removal.ts';
import type { StepContext } from './step-context.ts';

export type IdentityRequest = {
  readonly identityId: string;
  readonly location: string;
  /** A given identity is never made, changed or removed. */
  readonly ours: boolean;
};

export type IdentityFacts = {
  readonly principalId: string;
  readonly tenantId: string;
  readonly tags: Readonly<Record<string, string>>;
};

/** The identity, or null where there is none. One request. */
export async function readIdentity(clients: ArmClients, identityId: string): Promise<ArmOutcome<IdentityFacts | null>> {
  const { subscriptionId, resourceGroup, names } = requireResourceId(identityId);
  const { userAssignedIdentities } = clients.identity(subscriptionId);
  return mapOutcome(
    await armFind(() => userAssignedIdentities.get(resourceGroup, names[0])),
    (identity) =>
      identity && {
        principalId: identity.principalId ?? '',
        tenantId: identity.tenantId ?? '',
        tags: identity.tags ?? {},
      },
  );
}

/** The user-assigned identity exists; says its principal. */
export async function ensureIdentity(
  context: StepContext,
  request: IdentityRequest,
): Promise<StepAnswer<{ readonly principalId: string }>> {
  const { identityId, location, ours } = request;
  const existing = await readIdentity(context.clients, identityId);
  if (!existing.ok) return classify(existing.error, identityId);
  if (existing.value) return { status: 'done', did: 'unchanged', output: { principalId: existing.value.principalId } };
  if (!ours) return notThere(identityId);

  const stop = await context.guard();
  if (stop) return { status: 'stopped', because: stop };
  const { subscriptionId, resourceGroup, names } = requireResourceId(identityId);
  const { userAssignedIdentities } = context.clients.identity(subscriptionId);
  const made = await arm(() =>
    userAssignedIdentities.createOrUpdate(resourceGroup, names[0], { location, tags: { ...context.tags } }),
  );
  if (!made.ok) return classify(made.error, identityId);
  return { status: 'done', did: 'created', output: { principalId: made.value.principalId ?? '' } };
}

/** Removes an identity of ours that nobody uses. One without our tags is left alone. */
export async function undoIdentity(context: StepContext, { resourceId }: Undo): Promise<StepAnswer<null>> {
  const existing = await readIdentity(context.clients, resourceId);
  if (!existing.ok) return classify(existing.error, resourceId);
  if (!existing.value || !context.isOurs(existing.value.tags))
    return { status: 'done', did: 'unchanged', output: null };
  // Azure would delete it under whoever uses it.
  const user = await findUserOf(context.clients, resourceId);
  if (!user.ok) return classify(user.error, resourceId);
  if (user.value) return inUse(resourceId, user.value);

  const stop = await context.guard();
  if (stop) return { status: 'stopped', because: stop };
  const { subscriptionId, resourceGroup, names } = requireResourceId(resourceId);
  const removed = await armFind(() =>
    context.clients.identity(subscriptionId).userAssignedIdentities.delete(resourceGroup, names[0]),
  );
  return removed.ok ? removal(removed.status) : classify(removed.error, resourceId);
}

function inUse(identityId: string, user: string): StepAnswer<never> {
  const message = `The identity is not needed any more, and ${user} uses it; so it stays. Take it from there, or make it your own by removing the tag flowkeeper-deployment.`;
  return { status: 'fatal', problem: ownProblem('IdentityInUse', identityId, message) };
}

function notThere(identityId: string): StepAnswer<never> {
  const message =
    'The policy gives this identity, and it does not exist. Make it, or change rules[].identity in the policy.';
  return { status: 'fatal', problem: ownProblem('IdentityNotFound', identityId, message) };
}
