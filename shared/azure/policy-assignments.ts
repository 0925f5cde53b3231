import type { ArmClients } from './arm-clients.ts';
import { type ArmOutcome, arm } from './arm-outcome.ts';

/** An assignment of Azure Policy, as far as it tells people who it is. */
export type PolicyAssignment = { readonly id: string; readonly name: string };

/**
 * Azure's built-in definitions that deploy flow logs for virtual networks (DeployIfNotExists): without and with traffic
 * analytics. https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-policy
 */
const deploysFlowLogs = ['cd6f7aff-2845-4dab-99f2-6d1754a754b0', '052c180e-287d-44c3-86ef-01aeae2d9774'];

/**
 * The assignments of those definitions in a subscription and in the management groups above it. One that comes as part
 * of an initiative is not told from the others of it, and not found. One request a page.
 */
export async function flowLogAssignments(
  clients: ArmClients,
  subscriptionId: string,
): Promise<ArmOutcome<PolicyAssignment[]>> {
  const read = await arm(() => Array.fromAsync(clients.policy(subscriptionId).policyAssignments.list()));
  if (!read.ok) return read;
  const found = read.value.filter(({ policyDefinitionId }) =>
    deploysFlowLogs.some((name) => policyDefinitionId?.toLowerCase().endsWith(`/policydefinitions/${name}`)),
  );
  const value = found.map(({ id = '', name = '', displayName }) => ({ id, name: displayName ?? name }));
  return { ...read, value };
}
