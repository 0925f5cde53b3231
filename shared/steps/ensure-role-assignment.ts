import type { ArmClients } from '../azure/arm-clients.ts';
import { answerIn, classify } from '../azure/arm-error-table.ts';
import { type ArmOutcome, arm, armFind } from '../azure/arm-outcome.ts';
import { readGrants } from '../azure/role-grants.ts';
import { mayWriteBlobs } from '../decide/destination/grants.ts';
import { blobDataContributor } from '../policy/destinations.ts';
import { requireResourceId } from '../resource-id.ts';
import type { StepAnswer, Undo } from './contract.ts';
import { removal } from './removal.ts';
import {
  partsOfRoleAssignment,
  type RoleAssignmentRequest,
  roleAssignmentId,
  roleAssignmentIds,
} from './role-assignment-id.ts';
import type { StepContext } from './step-context.ts';

/**
 * The principal may write blobs of the account. `principalType` is always sent: without it Azure refuses a principal
 * that has not reached every directory replica, and our own rights are limited to service principals.
 */
export async function ensureRoleAssignment(
  context: StepContext,
  request: RoleAssignmentRequest,
): Promise<StepAnswer<{ readonly roleAssignmentId: string }>> {
  const id = roleAssignmentId(request);
  const grants = await readGrants(context.clients, request.storageAccountId, request.principalId);
  if (!grants.ok) return classify(grants.error, id);
  if (mayWriteBlobs(grants.value)) return { status: 'done', did: 'unchanged', output: { roleAssignmentId: id } };
  return grant(context, request, roleAssignmentIds(id));
}

async function grant(
  context: StepContext,
  request: RoleAssignmentRequest,
  [id, ...standIns]: ReturnType<typeof roleAssignmentIds>,
): Promise<StepAnswer<{ readonly roleAssignmentId: string }>> {
  const stop = await context.guard();
  if (stop) return { status: 'stopped', because: stop };
  const made = await create(context.clients, request, id);
  if (made.ok) return { status: 'done', did: 'created', output: { roleAssignmentId: id } };
  // Somebody else's assignment says the same: that is what was wanted.
  if (answerIn(made.error) === 'alreadyDone')
    return { status: 'done', did: 'unchanged', output: { roleAssignmentId: id } };
  const [next, ...rest] = standIns;
  const taken = made.error.code === 'HashConflictOnDifferentRoleAssignmentIds';
  return taken && next ? grant(context, request, [next, ...rest]) : classify(made.error, id);
}

function create(
  clients: ArmClients,
  { storageAccountId, principalId }: RoleAssignmentRequest,
  id: string,
): Promise<ArmOutcome<unknown>> {
  const { subscriptionId } = requireResourceId(storageAccountId);
  const roleDefinitionId = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${blobDataContributor}`;
  const assignment = { roleDefinitionId, principalId, principalType: 'ServicePrincipal' };
  const { name } = partsOfRoleAssignment(id);
  return arm(() => clients.authorization(subscriptionId).roleAssignments.create(storageAccountId, name, assignment));
}

/** Removes a role assignment of ours, under whichever of its names it was made. */
export async function undoRoleAssignment(context: StepContext, { resourceId }: Undo): Promise<StepAnswer<null>> {
  const { storageAccountId } = partsOfRoleAssignment(resourceId);
  const { roleAssignments } = context.clients.authorization(requireResourceId(storageAccountId).subscriptionId);
  for (const id of roleAssignmentIds(resourceId)) {
    const { name } = partsOfRoleAssignment(id);
    // Looked for first: the condition on our rights judges the assignment, and may deny deleting one that is not there.
    const existing = await armFind(() => roleAssignments.get(storageAccountId, name));
    if (!existing.ok) return classify(existing.error, id);
    if (!existing.value) continue;

    const stop = await context.guard();
    if (stop) return { status: 'stopped', because: stop };
    const removed = await armFind(() => roleAssignments.delete(storageAccountId, name));
    return removed.ok ? removal(removed.status) : classify(removed.error, id);
  }
  return { status: 'done', did: 'unchanged', output: null };
}
