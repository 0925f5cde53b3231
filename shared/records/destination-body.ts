import { z } from 'zod';
import { problemSchema } from '../problem.ts';
import type { Undo } from '../steps/contract.ts';

const undoSchema = z.custom<Undo>((value) => typeof value === 'object' && value !== null && 'resourceId' in value);

/** What is known of one destination; kept in its own lane, so that one transaction covers it and those who wait for it. */
export const destinationBody = z.object({
  state: z.enum(['pending', 'ready', 'blocked', 'idle']),
  storageAccountId: z.string().nullable(),
  /** What `ready` means: account, identity and role. Another spec in the policy makes the row worth nothing. */
  spec: z.string().nullable(),
  identityId: z.string().nullable(),
  principalId: z.string().nullable(),
  /** The principal is another than before, and not all logs that it concerns have been asked for yet. */
  rebind: z.boolean(),
  checkedAt: z.string().nullable(),
  /** The version of the policy that it was last published under. */
  policyEtag: z.string().nullable(),
  problem: problemSchema.nullable(),
  nextTry: z.string().nullable(),
  /** How to take back what was made and not published: written before the first write, cleared by publishing. */
  intent: z.array(undoSchema),
});
export type DestinationBody = z.infer<typeof destinationBody>;

export const newDestination: DestinationBody = {
  state: 'pending',
  storageAccountId: null,
  spec: null,
  identityId: null,
  principalId: null,
  rebind: false,
  checkedAt: null,
  policyEtag: null,
  problem: null,
  nextTry: null,
  intent: [],
};
