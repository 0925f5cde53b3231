import type { Logging } from '../plan/plan-network.ts';

type Asks = 'flowLog' | 'enabled' | 'trafficAnalytics';

/**
 * Azure Policy's built-in definitions that ask something of virtual networks' flow logs. Their own tests, which this
 * repeats: "configured" is any flow log, even one that is disabled (github.com/Azure/azure-policy,
 * built-in-policies/policyDefinitions/Network/VirtualNetwork_FlowLog_Audit.json, 1.0.1, counts `flowLogs[*]`).
 */
export const azurePolicies = [
  {
    id: '4c3c6c5f-0d47-4402-99b8-aa543dd8bcee',
    name: 'Audit flow logs configuration for every virtual network',
    asks: 'flowLog',
  },
  {
    id: '27960feb-a23c-4577-8d36-ef8b5f35e0be',
    name: 'All flow log resources should be in enabled state',
    asks: 'enabled',
  },
  {
    id: '2f080164-9f4d-497e-9db6-416dc9f7b48a',
    name: 'Network Watcher flow logs should have traffic analytics enabled',
    asks: 'trafficAnalytics',
  },
  {
    id: 'cd6f7aff-2845-4dab-99f2-6d1754a754b0',
    name: 'Deploy a Flow Log resource with target virtual network',
    asks: 'flowLog',
  },
  {
    id: '6d7c9ba4-b4b9-4d38-9e86-f1bc6b322bde',
    name: 'Deploy VNet Flow Logs with Traffic Analytics for VNets with regional Storage and centralized Log Analytics',
    asks: 'trafficAnalytics',
  },
] as const satisfies readonly { id: string; name: string; asks: Asks }[];

export type AzurePolicyId = (typeof azurePolicies)[number]['id'];

/** What a network's record says of its flow log. */
type Known = { readonly state: string; readonly flowLogId: string | null; readonly logging: Logging | null };

/** Whether a network is as a definition asks; null where that is not known. Pure. */
export function meets({ state, flowLogId, logging }: Known, asks: Asks): boolean | null {
  if (state === 'Unknown' || state === 'Pending') return null;
  if (flowLogId === null) return false;
  if (asks === 'flowLog') return true;
  if (logging === null) return null;
  return asks === 'enabled' ? logging.enabled : logging.trafficAnalytics;
}
