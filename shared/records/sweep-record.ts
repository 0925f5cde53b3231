import { z } from 'zod';

/** The last sweep that came to its end: a policy with another hash has not been swept yet. */
export const sweepRecord = z.object({
  policyHash: z.string(),
  startedAt: z.string(),
  finishedAt: z.string(),
  selected: z.number(),
});
