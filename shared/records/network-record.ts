import { z } from 'zod';
import { deliverySchema } from '../decide/delivery.ts';
import type { Verdict } from '../decide/verdict.ts';
import { problemSchema } from '../problem.ts';
import { requireResourceId } from '../resource-id.ts';

const value = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string()).readonly()]);
export const driftSchema = z.object({ check: z.string(), expected: value, actual: value });
export const fieldChangeSchema = z.object({ field: z.string(), before: value, after: value });

/** A setting that was put right, see decide/contested.ts. */
const repairSchema = z.object({
  planId: z.string(),
  field: z.string(),
  value: z.string(),
  at: z.string(),
  undone: z.boolean(),
});

/** What is known of one network: its state, and what is being done about it. One row, replaced on every look. */
export const networkRecord = z.object({
  id: z.string(),
  location: z.string().nullable(),
  state: z.string(),
  /** The change that would be made, or was last made. */
  action: z.string().nullable(),
  /** That change, field by field. */
  plan: z.array(fieldChangeSchema).readonly().nullable().default(null),
  /** Why nothing is being done, and until when. */
  because: z.string().nullable(),
  until: z.string().nullable(),
  /** Why an exempt network is exempt. */
  reason: z.string().nullable(),
  drifts: z.array(driftSchema).readonly(),
  /** Of a contested network: the settings that somebody else keeps changing; `flowLog` where it is deleted again and again. */
  fields: z.array(z.string()).readonly().default([]),
  /** When it may be changed, where that is for later; see decide/change-count.ts. */
  turn: z.object({ hour: z.string(), policyEtag: z.string() }).nullable().default(null),
  /** What was put right of late. */
  repairs: z.array(repairSchema).readonly().default([]),
  problem: problemSchema.nullable(),
  leftovers: z.array(z.string()),
  flowLogId: z.string().nullable(),
  /** The one that served it before, while it has none: what happens to that is about this network. */
  formerFlowLogId: z.string().nullable().default(null),
  /** What that log does; null where there is none, or it was not looked at. */
  logging: z.object({ enabled: z.boolean(), trafficAnalytics: z.boolean() }).nullable().default(null),
  /** Digest of the settings with which it was right when it was looked at last. */
  rightAs: z.string().nullable().default(null),
  storageAccountId: z.string().nullable(),
  identityId: z.string().nullable(),
  resourceGuid: z.string().nullable(),
  policyHash: z.string().nullable(),
  runId: z.string(),
  /** When the run that settled it looked at it; a request accepted before is answered by it. */
  plannedAt: z.string().nullable(),
  checkedAt: z.string(),
  changedAt: z.string().nullable(),
  /** Whether its flow log arrives; null where nobody has looked since it was changed. */
  delivery: deliverySchema.nullable(),
});
export type NetworkRecord = z.infer<typeof networkRecord>;

/** Partition and row of a network: its subscription, then group and name, which hold none of the characters that keys must not. */
export function networkKey(networkId: string): readonly [partitionKey: string, rowKey: string] {
  const { subscriptionId, resourceGroup, names } = requireResourceId(networkId);
  return [subscriptionId, `${resourceGroup}|${names[0]}`.toLowerCase()];
}

/** The part of a record that a verdict determines. */
export function verdictFields(
  verdict: Verdict,
): Pick<NetworkRecord, 'state' | 'drifts' | 'fields' | 'problem' | 'reason'> {
  return {
    state: verdict.state,
    drifts: 'drifts' in verdict ? verdict.drifts : [],
    fields: 'fields' in verdict ? verdict.fields : [],
    problem: 'problem' in verdict ? verdict.problem : null,
    reason: 'reason' in verdict ? verdict.reason : null,
  };
}

/** A record of a network about which nothing is known yet. */
export function emptyRecord(networkId: string): NetworkRecord {
  return {
    id: networkId,
    location: null,
    state: 'Pending',
    action: null,
    plan: null,
    because: null,
    until: null,
    reason: null,
    drifts: [],
    fields: [],
    turn: null,
    repairs: [],
    problem: null,
    leftovers: [],
    flowLogId: null,
    formerFlowLogId: null,
    logging: null,
    rightAs: null,
    storageAccountId: null,
    identityId: null,
    resourceGuid: null,
    policyHash: null,
    runId: '',
    plannedAt: null,
    checkedAt: '',
    changedAt: null,
    delivery: null,
  };
}
