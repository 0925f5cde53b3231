import { z } from 'zod';
import { isOfType, normalLocation, resourceTypes } from '../resource-id.ts';
import { limits } from './limits.ts';

const subscriptionId = z.guid('A subscription id is a GUID.').transform((id) => id.toLowerCase());
const location = z
  .string()
  .regex(/^[A-Za-z0-9 ]+$/, 'A location is a region name such as westeurope.')
  .transform(normalLocation);
const resourceOf = (type: string) =>
  z.string().refine((id) => isOfType(id, type), `Expected the resource id of a ${type}.`);
const storageAccountId = resourceOf(resourceTypes.storageAccount);
const identityId = resourceOf(resourceTypes.identity);
const resourceGroupId = z
  .string()
  .regex(/^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/]+$/i, 'Expected the id of a resource group.');
const nameTemplate = z.string().min(1).max(120);
const mode = z.enum(['audit', 'enforce', 'off']);
const byLocation = <T extends z.ZodType>(value: T) =>
  z.record(location, value).refine((map) => Object.keys(map).length > 0, 'Name at least one location.');

const exemption = z
  .strictObject({
    reason: z.string().min(1, 'Say why: it is what an auditor reads.'),
    tag: z.strictObject({ name: z.string().min(1), value: z.string().optional() }).optional(),
    resourceId: z.string().min(1).describe('A resource id; * stands for any run of characters.').optional(),
    subscription: subscriptionId.optional(),
    expires: z.iso.datetime({ offset: true }).optional(),
  })
  .refine((e) => e.tag || e.resourceId || e.subscription, 'Give a tag, a resourceId pattern or a subscription.');

const identity = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ours'), resourceGroupId, name: nameTemplate }),
  z.strictObject({ kind: z.literal('given'), identityId: byLocation(identityId) }),
  z.strictObject({ kind: z.literal('none') }),
]);

const rule = z.strictObject({
  name: z.string().min(1),
  match: z
    .strictObject({
      subscriptions: z.array(subscriptionId).min(1).optional(),
      locations: z.array(location).min(1).optional(),
      tags: z.record(z.string(), z.string()).optional(),
    })
    .default({}),
  mode: mode.optional(),
  destination: byLocation(storageAccountId),
  identity,
  flowLog: z
    .strictObject({
      name: nameTemplate.default('{network}-{resourceGroup}-flowlog'),
      retentionDays: z.int().min(0).max(365).default(0),
      formatVersion: z.union([z.literal(1), z.literal(2)]).default(2),
    })
    .prefault({}),
  networkWatcher: z.enum(['create', 'require']).default('create'),
  existing: z.enum(['adopt', 'report']).default('adopt'),
});

/** The intent, version 1. `audit` is the default: a policy has to say `enforce` before anything is written. */
export const policyDocument = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  mode: mode.default('audit'),
  scope: z
    .strictObject({
      subscriptions: z
        .strictObject({
          include: z.array(subscriptionId).min(1).optional(),
          exclude: z.array(subscriptionId).default([]),
        })
        .prefault({}),
    })
    .prefault({}),
  holdTag: z.string().min(1).default('flowkeeper-hold'),
  exemptions: z.array(exemption).default([]),
  rules: z.array(rule).min(1, 'Give at least one rule.'),
  limits: limits.prefault({}),
});

export type Policy = z.output<typeof policyDocument>;
export type Rule = Policy['rules'][number];
export type Mode = z.output<typeof mode>;
