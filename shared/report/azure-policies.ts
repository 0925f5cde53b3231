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

/**
 * Built-in initiatives that hold some of them, as github.com/Azure/azure-policy has them in built-in-policies/policySetDefinitions;
 * of DORA the entries were read, of the network one a copy, of K-ISMS-P its version, and that it holds the audit elsewhere:
 * `Regulatory Compliance/DORA_2022_2554.json` (1.3.0; controls 10.1 and 10.2), `Regulatory Compliance/K_ISMS_P_2018.json`
 * (1.4.0), `Network/VirtualNetwork_Flowlog_TrafficAnalytics.json` (1.0.0). Others hold the same definitions: an initiative
 * that is not listed is met, as far as flow logs go, where each of its definitions is.
 */
export const azureInitiatives = [
  {
    id: 'f9c0485f-da8e-43b5-961e-58ebd54b907c',
    name: 'DORA 2022 2554',
    policies: ['4c3c6c5f-0d47-4402-99b8-aa543dd8bcee', '2f080164-9f4d-497e-9db6-416dc9f7b48a'],
  },
  {
    id: 'e0782c37-30da-4a78-9f92-50bfe7aa2553',
    name: 'K ISMS P 2018',
    policies: ['cd6f7aff-2845-4dab-99f2-6d1754a754b0'],
  },
  {
    id: '55634457-45e5-473f-b5c5-55cef2b20b52',
    name: 'Enable VNet Flowlog and Traffic Analytics with regional Storage and centralized Log Analytics',
    policies: ['6d7c9ba4-b4b9-4d38-9e86-f1bc6b322bde'],
  },
] as const satisfies readonly { id: string; name: string; policies: readonly AzurePolicyId[] }[];

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
