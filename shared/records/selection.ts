import { z } from 'zod';

/** Which networks to put into the inbox: all of the estate that drifted, or those of a remediation's filter. */
export const selection = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sweep'), policyEtag: z.string(), startedAt: z.string() }),
  z.object({
    kind: z.literal('remediation'),
    remediationId: z.string(),
    filter: z.object({
      subscriptions: z.array(z.string()).optional(),
      locations: z.array(z.string()).optional(),
      states: z.array(z.string()).optional(),
    }),
  }),
]);
export type Selection = z.infer<typeof selection>;
