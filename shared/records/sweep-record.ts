import { z } from 'zod';

/** The last sweep that came to its end: another version of the policy has not been swept yet. */
export const sweepRecord = z.object({
  policyEtag: z.string(),
  startedAt: z.string(),
  finishedAt: z.string(),
  selected: z.number(),
  networksByState: z.record(z.string(), z.number().optional()),
});
