import type { Grant } from '../decide/destination/facts.ts';
import { requireResourceId } from '../resource-id.ts';
import type { ArmClients } from './arm-clients.ts';
import { type ArmOutcome, arm } from './arm-outcome.ts';
import { mapOutcome } from './network-reads.ts';

/** What a principal holds at a resource and above it. One request a page. */
export async function readGrants(
  clients: ArmClients,
  resourceId: string,
  principalId: string,
): Promise<ArmOutcome<readonly Grant[]>> {
  const { roleAssignments } = clients.authorization(requireResourceId(resourceId).subscriptionId);
  const filter = `principalId eq '${principalId}'`;
  return mapOutcome(
    await arm(() => Array.fromAsync(roleAssignments.listForScope(resourceId, { filter }))),
    (assignments) =>
      assignments
        .map(({ roleDefinitionId = '', scope = '' }) => ({ roleDefinitionId, scope }))
        .filter(({ scope }) => covers(scope, resourceId)),
  );
}

/** The list holds assignments below the resource too. */
function covers(scope: string, resourceId: string): boolean {
  if (scope === '') return false;
  const above = scope.toLowerCase().replace(/\/$/, '');
  // Azure lists only those of the management groups above.
  if (above.startsWith('/providers/microsoft.management/managementgroups/')) return true;
  return `${resourceId.toLowerCase()}/`.startsWith(`${above}/`);
}
