import { z } from 'zod';
import { nameTemplate, oneOrByLocation, workspaceId } from './fields.ts';
import { recordTypes } from './record-types.ts';

/** How a flow log is set. What stands here is brought back whenever someone changes it. */
export const flowLog = z
  .strictObject({
    name: nameTemplate
      .default('{network}-{resourceGroup}-flowlog')
      .describe('For logs that we make; may use {network}, {resourceGroup}, {location}. A hash is always added.'),
    retentionDays: z
      .int()
      .min(0)
      .max(365)
      .default(0)
      .describe(
        '0 keeps for ever; better a lifecycle rule on the account, which holds about 1,000 logs with retention.',
      ),
    formatVersion: z.literal([1, 2]).default(2),
    enabledFilteringCriteria: z
      .string()
      .max(1000)
      .default('')
      .describe(
        'Records only what matches, such as "dstPort=443 || action=Deny". Empty, the default, records everything.',
      ),
    recordTypes: z
      .array(z.enum(recordTypes))
      .min(1)
      .default([...recordTypes])
      .describe('Which flow states are recorded: B(egin), C(ontinue), E(nd), D(eny). All by default.'),
  })
  .prefault({})
  .describe('How a flow log is set.');

export const trafficAnalytics = z
  .union([
    z.literal('off'),
    z.strictObject({
      workspaceResourceId: oneOrByLocation(workspaceId).describe('One workspace for all, or one for each location.'),
      intervalMinutes: z.literal([10, 60]).default(60),
    }),
  ])
  .optional()
  .describe('"off", or where to. Left out: a log that someone made keeps what it has, and ours have none.');
