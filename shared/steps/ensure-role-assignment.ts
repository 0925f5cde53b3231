import type { ArmClients } from '../azure/arm-clients.ts';
import { classify } from '../azure/arm-error-table.ts';
import { type ArmOutcome, arm, armFind } from '../azure/arm-outcome.ts';
import { mapOutcome } from '../azure/network-reads.ts';
import { blobDataContributor } from '../policy/destinations.ts';
import { requireResourceId } from '../resource-id.ts';
import type { StepAnswer, Undo } from './contract.ts';
import { removal } from './removal.ts';
import { type RoleAssignmentRequest, roleAssignmentId } from './role-assignment-id.ts';
import type { StepContext } from './step-context.ts';

/** Whether the principal may write blobs of the account, by an assignment at the account or above it. One request. */
export async function hasBlobAccess(
  clients: ArmClients,
  { storageAccountId, principalId }: RoleAssignmentRequest,
): Promise<ArmOutcome<boolean>> {
  const { roleAssignments } = clients.authorization(requireResourceId(storageAccountId).subscriptionId);
  const filter = `principalId eq '${principalId}'`;
  return mapOutcome(
    await arm(() => Array.fromAsync(roleAssignments.listForScope(storageAccountId, { filter }))),
    (assignments) =>
      assignments.some(
        ({ roleDefinitionId, scope }) =>
          roleDefinitionId?.toLowerCase().endsWith(blobDataContributor) &&
          scope !== undefined &&
          covers(scope, storageAccountId),
      ),
  );
}

function covers(scope: string, resourceId: string): boolean {
  const above = scope.toLowerCase().replace(/\/$/, '');
  // Azure lists only those of the management groups above.
  if (above.startsWith('/providers/microsoft.management/managementgroups/')) return true;
  return `${resourceId.toLowerCase()}/`.startsWith(`${above}/`);
}

/**
 * The principal may write blobs of the account. `principalType` is always sent: without it Azure refuses a principal
 * that has not reached every directory replica, and our own rights are limited to service principals.
 */
export async function ensureRoleAssignment(
  context: StepContext,
  request: RoleAssignmentRequest,
): Promise<StepAnswer<{ readonly roleAssignmentId: string }>> {
  const id = roleAssignmentId(request);
  const output = { roleAssignmentId: id };
  const granted = await hasBlobAccess(context.clients, request);
  if (!granted.ok) return classify(granted.error, id);
  if (granted.value) return { status: 'done', did: 'unchanged', output };

  const stop = await context.guard();
  if (stop) return { status: 'stopped', because: stop };
  const { storageAccountId, principalId } = request;
  const { subscriptionId } = requireResourceId(storageAccountId);
  const roleDefinitionId = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${blobDataContributor}`;
  const name = id.slice(id.lastIndexOf('/') + 1);
  const made = await arm(() =>
    context.clients.authorization(subscriptionId).roleAssignments.create(storageAccountId, name, {
      roleDefinitionId,
      principalId,
      principalType: 'ServicePrincipal',
    }),
  );
  if (made.ok) return { status: 'done', did: 'created', output };
  // Somebody else's assignment says the same: that is what was wanted.
  if (made.error.code === 'RoleAssignmentExists') return { status: 'done', did: 'unchanged', output };
  return classify(made.error, id);
}

/** Removes a role assignment of ours. */
export async function undoRoleAssignment(context: StepContext, { resourceId }: Undo): Promise<StepAnswer<null>> {
  const [storageAccountId = '', name = ''] = resourceId.split('/providers/Microsoft.Authorization/roleAssignments/');
  const { roleAssignments } = context.clients.authorization(requireResourceId(storageAccountId).subscriptionId);
  // Looked for first: the condition on our rights judges the assignment, and may deny deleting one that is not there.
  const existing = await armFind(() => roleAssignments.get(storageAccountId, name));
  if (!existing.ok) return classify(existing.error, resourceId);
  if (!existing.value) return { status: 'done', did: 'unchanged', output: null };

  const stop = await context.guard();
  if (stop) return { status: 'stopped', because: stop };
  const removed = await armFind(() => roleAssignments.delete(storageAccountId, name));
  return removed.ok ? removal(removed.status) : classify(removed.error, resourceId);
}
