import type { AzurePolicyId } from './azure-policies.ts';

const audit = '4c3c6c5f-0d47-4402-99b8-aa543dd8bcee';
const enabled = '27960feb-a23c-4577-8d36-ef8b5f35e0be';
const analytics = '2f080164-9f4d-497e-9db6-416dc9f7b48a';

type Initiative = {
  readonly id: string;
  readonly name: string;
  /** Its newest version that was seen. */
  readonly version: string;
  /** Below built-in-policies/policySetDefinitions of github.com/Azure/azure-policy; it holds the id. */
  readonly file: string;
  readonly policies: readonly AzurePolicyId[];
};

/**
 * Azure Policy's built-in initiatives that are known to hold definitions about flow logs of virtual networks. What they hold
 * was read in their files; of the Reserve Bank's, RMIT and SWIFT in github.com/MicrosoftDocs/azure-docs,
 * includes/policy/standards/byrp/microsoft.network.md (2024-02-22), which lists by standard what there is about networks; of
 * the network one in a copy, and of K-ISMS-P that it also holds the audit elsewhere. That page and their files show none in
 * CIS 1.1.0 to 1.4.0, 2.1.0 and 3.0.0, CMMC 3, FedRAMP, HITRUST 9.2, the cloud security benchmark, NIST SP 800-53 R4 and R5,
 * SP 800-171 R2 and UK OFFICIAL. Those that came in 2024 and later were not all read: one that is not listed is met, as far as
 * flow logs go, where each of its definitions is.
 */
export const azureInitiatives: readonly Initiative[] = [
  {
    id: '06f19060-9e68-4070-92ca-f15cc126059e',
    name: 'CIS Microsoft Azure Foundations Benchmark v2.0.0',
    version: '1.9.0',
    file: 'Regulatory Compliance/CISv2_0_0.json',
    policies: [audit, enabled],
  },
  {
    id: 'f9c0485f-da8e-43b5-961e-58ebd54b907c',
    name: 'DORA 2022 2554',
    version: '1.3.0',
    file: 'Regulatory Compliance/DORA_2022_2554.json',
    policies: [audit, analytics],
  },
  {
    id: 'e0782c37-30da-4a78-9f92-50bfe7aa2553',
    name: 'K ISMS P 2018',
    version: '1.4.0',
    file: 'Regulatory Compliance/K_ISMS_P_2018.json',
    policies: ['cd6f7aff-2845-4dab-99f2-6d1754a754b0'],
  },
  {
    id: 'd0d5578d-cc08-2b22-31e3-f525374f235a',
    name: '[Preview]: Reserve Bank of India - IT Framework for Banks',
    version: '1.18.0-preview',
    file: 'Regulatory Compliance/RBI_ITF_Banks_v2016.json',
    policies: [enabled, analytics],
  },
  {
    id: '7f89f09c-48c1-f28d-1bd5-84f3fb22f86c',
    name: '[Preview]: Reserve Bank of India - IT Framework for NBFC',
    version: '2.16.0-preview',
    file: 'Regulatory Compliance/RBI_ITF_NBFC_v2017.json',
    policies: [enabled, analytics],
  },
  {
    id: '97a6d4f1-3bed-4cf4-ac5b-0e444c0408d6',
    name: 'RMIT Malaysia',
    version: '9.19.0',
    file: 'Regulatory Compliance/RMIT_Malaysia.json',
    policies: [enabled],
  },
  {
    id: '7bc7cd6c-4114-ff31-3cac-59be3157596d',
    name: 'SWIFT CSP-CSCF v2022',
    version: '2.12.0',
    file: 'Regulatory Compliance/SWIFT_CSP-CSCF_v2022.json',
    policies: [enabled, analytics],
  },
  {
    id: '55634457-45e5-473f-b5c5-55cef2b20b52',
    name: 'Enable VNet Flowlog and Traffic Analytics with regional Storage and centralized Log Analytics',
    version: '1.0.0',
    file: 'Network/VirtualNetwork_Flowlog_TrafficAnalytics.json',
    policies: ['6d7c9ba4-b4b9-4d38-9e86-f1bc6b322bde'],
  },
];
