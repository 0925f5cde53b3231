import { z } from 'zod';

/** What a person's filter may name; a network is meant that fits each of them. Subscriptions and locations in lower case. */
export const networkFilter = z.object({
  subscriptions: z.array(z.string()).optional(),
  locations: z.array(z.string()).optional(),
  tags: z.record(z.string(), z.string()).optional(),
  states: z.array(z.string()).optional(),
  drifts: z.array(z.string()).optional(),
});
export type NetworkFilter = z.infer<typeof networkFilter>;

/**
 * Which networks to put into the inbox: all of the estate that drifted, or those of a remediation's filter. Of a dry run
 * (`filter` null: of the networks that the remediation names) nothing gets there; they are planned where they are found.
 */
export const selection = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sweep'), policyEtag: z.string(), startedAt: z.string() }),
  z.object({ kind: z.literal('remediation'), remediationId: z.string(), filter: networkFilter }),
  z.object({ kind: z.literal('dryRun'), remediationId: z.string(), filter: networkFilter.nullable() }),
]);
export type Selection = z.infer<typeof selection>;
