import { z } from 'zod';

/** A subscription of the estate, and whether we hear of it. */
export const subscriptionRecord = z.object({
  id: z.string(),
  firstSeenAt: z.string(),
  /** When Resource Graph showed it last; null where it never did, though the policy names it. */
  readableAt: z.string().nullable(),
  /** When its last event came, to the hour; null where none ever did, so that nobody may have subscribed to them. */
  eventAt: z.string().nullable(),
});
export type SubscriptionRecord = z.infer<typeof subscriptionRecord>;
