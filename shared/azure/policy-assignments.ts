import type { ArmClients } from './arm-clients.ts';
import { type ArmOutcome, arm } from './arm-outcome.ts';

/** An assignment of Azure Policy, as far as it tells people who it is. */
export type PolicyAssignment = { readonly id: string; readonly name: string };

/**
 * What of Azure's built-in policies deploys or updates flow logs of virtual networks (DeployIfNotExists): four definitions
 * (github.com/Azure/azure-policy, built-in-policies/policyDefinitions/Network) and two initiatives that hold one of them.
 */
const deploysFlowLogs = [
  '/policydefinitions/cd6f7aff-2845-4dab-99f2-6d1754a754b0',
  '/policydefinitions/3e9965dc-cc13-47ca-8259-a4252fd0cf7b',
  '/policydefinitions/052c180e-287d-44c3-86ef-01aeae2d9774',
  '/policydefinitions/6d7c9ba4-b4b9-4d38-9e86-f1bc6b322bde',
  '/policysetdefinitions/55634457-45e5-473f-b5c5-55cef2b20b52',
  '/policysetdefinitions/e0782c37-30da-4a78-9f92-50bfe7aa2553',
];

/**
 * The assignments of those in a subscription and in the management groups above it. An initiative that somebody made
 * is not looked into. One request a page.
 */
export async function flowLogAssignments(
  clients: ArmClients,
  subscriptionId: string,
): Promise<ArmOutcome<PolicyAssignment[]>> {
  const read = await arm(() => Array.fromAsync(clients.policy(subscriptionId).policyAssignments.list()));
  if (!read.ok) return read;
  const found = read.value.filter(({ policyDefinitionId }) =>
    deploysFlowLogs.some((id) => policyDefinitionId?.toLowerCase().endsWith(id)),
  );
  const value = found.map(({ id = '', name = '', displayName }) => ({ id, name: displayName ?? name }));
  return { ...read, value };
}
