import { createHash } from 'node:crypto';
import { z } from 'zod';
import { problemSchema } from '../problem.ts';

/** What at most one run at a time works on. The account is the storage account's globally unique name. */
export type LaneKey = { kind: 'subscription'; subscriptionId: string } | { kind: 'destination'; account: string };

/** One run of a lane: the instance of one generation, with the id by which it owns the lane. */
export type Run = { readonly lane: LaneKey; readonly generation: number; readonly runId: string };

export const targetSchema = z.object({
  kind: z.enum(['network', 'flowLog', 'destination', 'subscription']),
  id: z.string().min(1),
});
/** The resource that the work is about. Ids are Azure resource ids (a destination's is its storage account's), equal without case. */
export type Target = z.infer<typeof targetSchema>;

/** `bulk` is what a person asks for many networks at once: it unparks as `manual` does, but lets single requests and events go first. */
export const reasonSchema = z.enum(['event', 'manual', 'bulk', 'sweep', 'tamper']);
export type Reason = z.infer<typeof reasonSchema>;

/**
 * `waiting`: until the destination (a storage account's name) has given more than `answers` answers, see destination.ts.
 * All other waiting has an end of its own. Times are ISO 8601, UTC.
 */
export const rowStateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('settling'), notBefore: z.string() }),
  z.object({ kind: z.literal('due') }),
  z.object({ kind: z.literal('waiting'), destination: z.string(), answers: z.number().int() }),
  z.object({ kind: z.literal('parked'), until: z.string(), problem: problemSchema, policyEtag: z.string() }),
]);
export type RowState = z.infer<typeof rowStateSchema>;

export const workItemSchema = z.object({
  target: targetSchema,
  reason: reasonSchema,
  state: rowStateSchema,
  /** How many runs took the item and never came to their close. */
  attempts: z.number().int(),
  /** Where the target is, as far as whoever asked knew. Only for spreading work over regions: a run looks for itself. */
  location: z.string().optional(),
  /** The generation whose run took it last, until that run has settled it or closed. */
  takenIn: z.number().int().optional(),
  firstSeen: z.string(),
  touchedAt: z.string(),
  resourceGuid: z.string().optional(),
  actorId: z.string().optional(),
  correlationId: z.string(),
  /** The object id of who asked for it, or of who wrote what the event tells of, where that is known. */
  by: z.string().optional(),
  rowKey: z.string(),
  etag: z.string(),
});
/** One row of the inbox. Its version is its ETag: who settles it names the one taken, so a touch in between is never lost. */
export type WorkItem = z.infer<typeof workItemSchema>;
export type UnsavedItem = Omit<WorkItem, 'etag'>;

/** The lane's id, which is also its table partition: `subscription-<guid>` or `destination-<account>`, in lower case. */
export function laneId(lane: LaneKey): string {
  const key = lane.kind === 'subscription' ? lane.subscriptionId : lane.account;
  return `${lane.kind}-${key.toLowerCase()}`;
}

/** The reverse of laneId. Throws for a text that is none. */
export function parseLaneId(id: string): LaneKey {
  const [, kind, key] = /^(subscription|destination)-(.+)$/.exec(id) ?? [];
  if (key === undefined) throw new Error(`'${id}' is not the id of a lane.`);
  return kind === 'subscription' ? { kind, subscriptionId: key } : { kind: 'destination', account: key };
}

/** The durable instance of one generation of a lane. */
export function instanceId(lane: LaneKey, generation: number): string {
  return `${laneId(lane)}-${generation}`;
}

/** The item's row: one per target, whoever asks and however the id is spelt. A hash, because resource ids hold `/`. */
export function itemRowKey(target: Target): string {
  return `item~${target.kind}~${createHash('sha256').update(target.id.toLowerCase()).digest('hex').slice(0, 40)}`;
}

/** Rows of events and people go before rows of the sweep and of bulk requests. */
export const urgentReasons = ['event', 'manual', 'tamper'] as const satisfies readonly Reason[];

export function isUrgent(reason: Reason): boolean {
  return urgentReasons.some((one) => one === reason);
}

/** Whether a person asked, for one network or for many. */
export function isByPerson(reason: Reason): boolean {
  return reason === 'manual' || reason === 'bulk';
}
