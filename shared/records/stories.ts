import { z } from 'zod';

/** One step of a network's or destination's story: progress, evidence and log line in one. */
export const stepRecord = z.object({
  run: z.string(),
  step: z.string(),
  status: z.string(),
  did: z.string().nullable(),
  code: z.string().nullable(),
  resourceId: z.string(),
  at: z.string(),
});
export type StepRecord = z.infer<typeof stepRecord>;

/** One change, intended or made. Append-only: `intended` is written before the request, so no change is without a trace. */
export const historyRecord = z.object({
  kind: z.enum(['intended', 'changed', 'failed']),
  /** The network whose log was changed; of a destination, what was made or removed. */
  resourceId: z.string(),
  run: z.string(),
  planId: z.string(),
  at: z.string(),
  reason: z.string(),
  correlationId: z.string(),
  policyHash: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  code: z.string().nullable(),
});
export type HistoryRecord = z.infer<typeof historyRecord>;

/** What a person asked for, and the networks that it came to. */
export const remediationRecord = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('remediation'),
    id: z.string(),
    acceptedAt: z.string(),
    /** The object id of who asked, where the platform says so. */
    by: z.string().nullable(),
    request: z.unknown(),
    /** False while a filter is still being worked through. */
    complete: z.boolean(),
  }),
  z.object({ kind: z.literal('network'), networkId: z.string() }),
]);
export type RemediationRecord = z.infer<typeof remediationRecord>;
