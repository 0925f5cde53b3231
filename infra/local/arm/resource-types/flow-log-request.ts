import { z } from 'zod';
import type { Write } from '../core/resource-type.ts';
import { readBody } from './request-body.ts';

const request = z.object({
  properties: z.object({
    targetResourceId: z.string().regex(/^\/subscriptions\//i),
    storageId: z.string().regex(/^\/subscriptions\//i),
    enabled: z.boolean().default(false),
    enabledFilteringCriteria: z.string().nullish(),
    recordTypes: z
      .string()
      .regex(/^[BCED](,[BCED])*$/)
      .nullish(),
    retentionPolicy: z
      .object({ days: z.number().int().min(0).max(365).default(0), enabled: z.boolean().default(false) })
      .default({ days: 0, enabled: false }),
    format: z
      .object({ type: z.string().default('FlowLogJSON'), version: z.number().int().min(1).max(2).default(2) })
      .default({ type: 'FlowLogJSON', version: 2 }),
    flowAnalyticsConfiguration: z.record(z.string(), z.json()).nullish(),
  }),
});

/**
 * The properties of a flow log as Azure echoes them (recorded): `format.type` as it was sent, an absent retention as 0
 * days, an absent analytics configuration as `{}`, in this order.
 */
export function flowLogProperties({ body }: Write) {
  const { properties: sent } = readBody(request, body);
  return {
    targetResourceId: sent.targetResourceId,
    targetResourceGuid: undefined,
    storageId: sent.storageId,
    enabled: sent.enabled,
    flowAnalyticsConfiguration: sent.flowAnalyticsConfiguration ?? {},
    retentionPolicy: sent.retentionPolicy,
    format: sent.format,
    enabledFilteringCriteria: sent.enabledFilteringCriteria ?? undefined,
    recordTypes: sent.recordTypes ?? undefined,
  };
}
