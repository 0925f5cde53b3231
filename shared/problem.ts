import { z } from 'zod';

/**
 * Something that keeps a resource from its desired state, told to the person who can change that.
 * `actor` says who must act: nobody (`wait`), the owner of the resource, the operator of Flowkeeper, or its developers.
 * `runbook` names the entry that says how.
 */
export const problemSchema = z.object({
  code: z.string(),
  message: z.string(),
  resourceId: z.string(),
  actor: z.enum(['wait', 'owner', 'operator', 'developer']),
  runbook: z.string(),
});

export type Problem = z.infer<typeof problemSchema>;
