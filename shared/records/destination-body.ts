import { z } from 'zod';
import { problemSchema } from '../problem.ts';
import type { Undo } from '../steps/contract.ts';

const undoSchema = z.custom<Undo>((value) => typeof value === 'object' && value !== null && 'resourceId' in value);

/** An identity that flow logs were told to use. */
const published = z.object({
  identityId: z.string(),
  principalId: z.string(),
  /** Made by us; a given identity never is. */
  ours: z.boolean(),
});

/**
 * Made by us, published, and not wanted any more. It stays while a flow log uses it, and a day longer. Without an identity
 * it is the grant of one that is gone.
 */
export const retired = z.object({
  identityId: z.string().nullable(),
  roleAssignmentId: z.string(),
  /** When it was last wanted or seen in use. */
  since: z.string(),
});
export type Retired = z.infer<typeof retired>;

/** What is known of one destination; kept in its own lane, so that one transaction covers it and those who wait for it. */
export const destinationBody = z.object({
  /** `suspect`: an error on a flow log named it, so it is looked at before it is used again. `idle`: nothing is to be provided. */
  state: z.enum(['pending', 'ready', 'suspect', 'blocked', 'idle']),
  storageAccountId: z.string().nullable(),
  /** What `ready` means: account, identity and role. Another spec in the policy makes the row worth nothing. */
  spec: z.string().nullable(),
  identityId: z.string().nullable(),
  /** The identity's principal as it was seen last; of `published`, the one that logs were told of. */
  principalId: z.string().nullable(),
  /** The principal is another than before, or may write again; and not all networks that it concerns have been asked for yet. */
  rebind: z.boolean(),
  checkedAt: z.string().nullable(),
  /** The version of the policy that it was last published under. */
  policyEtag: z.string().nullable(),
  /** Why it is blocked; in audit mode, why it would be. */
  problem: problemSchema.nullable(),
  /** What keeps nothing from being written, and somebody should know. */
  warnings: z.array(problemSchema).default([]),
  nextTry: z.string().nullable(),
  /** How to take back what was made and not published: written before the first write, cleared by publishing. */
  intent: z.array(undoSchema),
  published: published.nullable().default(null),
  retired: z.array(retired).default([]),
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
  warnings: [],
  nextTry: null,
  intent: [],
  published: null,
  retired: [],
};
