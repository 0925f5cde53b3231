import { z } from 'zod';
import { managementGroup, subscriptionId, tagName } from './fields.ts';

const included = <T extends z.ZodType>(id: T) =>
  z.array(id).min(1).describe('Leave out for no limit; with it, only what is named here or beside it is in scope.');
const excluded = <T extends z.ZodType>(id: T) => z.array(id).default([]).describe('Wins over everything included.');

/** Which subscriptions the document speaks of: all that are included in either way, and excluded in none. */
export const scope = z
  .strictObject({
    managementGroups: z
      .strictObject({ include: included(managementGroup).optional(), exclude: excluded(managementGroup) })
      .prefault({})
      .describe('By management group, at any depth.'),
    subscriptions: z
      .strictObject({ include: included(subscriptionId).optional(), exclude: excluded(subscriptionId) })
      .prefault({})
      .describe('By subscription.'),
  })
  .prefault({})
  .describe('The subscriptions that this policy speaks of. Without it: all that Flowkeeper may read.');

/** Networks that are left alone, and why. Each condition that is given is one way to be exempt. */
export const exemption = z
  .strictObject({
    reason: z.string().min(1, 'Say why: it is what an auditor reads.').describe('Why: it is what an auditor reads.'),
    tag: z
      .strictObject({ name: tagName, value: z.string().optional().describe('Left out: any value.') })
      .optional()
      .describe('Networks with this tag.'),
    resourceId: z
      .string()
      .min(1)
      .optional()
      .describe('Networks whose resource id is like this; * stands for any run of characters.'),
    subscription: subscriptionId.optional().describe('All networks of this subscription.'),
    managementGroup: managementGroup.optional().describe('All networks below this management group.'),
    expires: z.iso
      .datetime({ offset: true, error: 'Expected a time with its zone, such as 2027-01-01T00:00:00Z.' })
      .optional()
      .describe('From then on it no longer counts, such as 2027-01-01T00:00:00Z.'),
  })
  .refine(
    ({ tag, resourceId, subscription, managementGroup: group }) => tag || resourceId || subscription || group,
    'Give a tag, a resourceId pattern, a subscription or a managementGroup.',
  );
