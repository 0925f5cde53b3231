import { z } from 'zod';
import { networkKey, networkRecord } from './network-record.ts';
import { networkFilter } from './selection.ts';

/** What a dry run tells of a network: the part of a record that planning alone determines. */
export const plannedNetwork = networkRecord.pick({
  state: true,
  because: true,
  until: true,
  drifts: true,
  plan: true,
  problem: true,
});
export type PlannedNetwork = z.infer<typeof plannedNetwork>;

/** A request that changed something in Azure, under the ids by which the activity log has it. */
export const armWriteSchema = z.object({
  method: z.string(),
  requestId: z.string().nullable(),
  correlationId: z.string().nullable(),
});

/** One step of a network's or destination's story: progress, evidence and log line in one. */
export const stepRecord = z.object({
  run: z.string(),
  step: z.string(),
  status: z.string(),
  did: z.string().nullable(),
  code: z.string().nullable(),
  resourceId: z.string(),
  writes: z.array(armWriteSchema).default([]),
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
  /** The object id of who asked, or of whose write the event told; null for the sweep, and where nobody is named. */
  by: z.string().nullable().default(null),
  correlationId: z.string(),
  policyHash: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  code: z.string().nullable(),
  writes: z.array(armWriteSchema).default([]),
});
export type HistoryRecord = z.infer<typeof historyRecord>;

/** What a person asked for, in short; the digest tells it from every other request. */
const remediationNote = z.object({
  networks: z.number().nullable(),
  filter: networkFilter.nullable(),
  digest: z.string(),
});
export type RemediationNote = z.infer<typeof remediationNote>;

/** What a person asked for, and the networks that it came to. */
export const remediationRecord = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('remediation'),
    id: z.string(),
    acceptedAt: z.string(),
    /** The object id of who asked, where the platform says so. */
    by: z.string().nullable(),
    /** Null for one of before this was kept. */
    request: remediationNote.nullable().catch(null),
    dryRun: z.boolean().default(false),
    /** False until all of its networks are written down and asked for. */
    complete: z.boolean(),
  }),
  /** A row of its own, so that who writes the other can't take it back. */
  z.object({ kind: z.literal('cancelled'), at: z.string(), by: z.string().nullable() }),
  z.object({
    kind: z.literal('network'),
    networkId: z.string(),
    /** When it was taken back; a run that had planned it before goes on with it. */
    cancelledAt: z.string().nullable().default(null),
    /** Of a dry run: what was found, and would be done. */
    planned: plannedNetwork.nullable().default(null),
  }),
]);
export type RemediationRecord = z.infer<typeof remediationRecord>;

/** The row of a network that a remediation is for; `planned` by a dry run. */
export function networkRow(networkId: string, planned: PlannedNetwork | null): [string, RemediationRecord] {
  return [networkKey(networkId).join('|'), { kind: 'network', networkId, cancelledAt: null, planned }];
}
