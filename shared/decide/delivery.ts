import { v5 as uuidv5 } from 'uuid';
import { z } from 'zod';
import { ownProblem, type Problem, problemSchema } from '../problem.ts';

/** What is known of the arrival of a network's flow log in its storage account. Times are ISO 8601, UTC. */
export const deliverySchema = z.object({
  /** `tooEarly`: nothing has arrived, and it is too early to say that it should have. */
  found: z.enum(['delivering', 'nothingRuns', 'tooEarly', 'silent', 'unreadable']),
  checkedAt: z.string(),
  /** When the newest blob was last written to. */
  newestAt: z.string().nullable(),
  /** Since when a machine has been seen to run in the network without anything arriving. */
  runningSince: z.string().nullable(),
  /** Why it is silent, or could not be looked at. */
  problem: problemSchema.nullable(),
});
export type Delivery = z.infer<typeof deliverySchema>;

const minute = 60_000;
const hour = 60 * minute;
/** A machine that has run for so long has had traffic, and Azure, which writes every minute, has had time to write it. */
const patience = hour;
/** Each log is proven daily at least; what is not delivering is looked at more often. */
const again: Record<Delivery['found'], number> = {
  delivering: 20 * hour,
  nothingRuns: hour,
  unreadable: 0,
  tooEarly: 0,
  silent: 0,
};
/** Logs that were first proven in one sweep are not all due again in one. */
const spread = 4 * hour;

type Proven = {
  readonly id: string;
  readonly state: string;
  readonly flowLogId: string | null;
  readonly storageAccountId: string | null;
  readonly changedAt: string | null;
  readonly delivery: Delivery | null;
};

/** Whether it is time to look for what the log of a network has delivered. Pure. */
export function proofDue(network: Proven, now: Date): boolean {
  const { id, state, flowLogId, storageAccountId, changedAt, delivery } = network;
  if (!isDelivered(state) || !flowLogId || !storageAccountId) return false;
  if (!delivery || (changedAt !== null && delivery.checkedAt < changedAt)) return true;
  const wait = again[delivery.found] + (delivery.found === 'delivering' ? shareOf(id) * spread : 0);
  return now.getTime() - Date.parse(delivery.checkedAt) >= wait;
}

/** From 0 to 1, always the same for a network. */
function shareOf(networkId: string): number {
  return Number.parseInt(uuidv5(networkId.toLowerCase(), uuidv5.URL).slice(0, 8), 16) / 0xffffffff;
}

/** What the look has found; null where it could not be told. */
export type Arrival = {
  readonly newestAt: string | null;
  /** Whether a machine runs in the network. */
  readonly running: boolean;
  readonly changedAt: string | null;
  readonly before: Delivery | null;
};

/** What that means; of a silent log the reason is still to be found. Pure. */
export function judgeArrival({ newestAt, running, changedAt, before }: Arrival, now: Date): Delivery {
  const at = now.toISOString();
  const known = { checkedAt: at, newestAt: newestAt ?? before?.newestAt ?? null, problem: null };
  if (isRecent(newestAt, now)) return { ...known, found: 'delivering', runningSince: null };
  if (!running) return { ...known, found: 'nothingRuns', runningSince: null };
  const runningSince = before?.runningSince ?? at;
  const since = Math.max(Date.parse(runningSince), changedAt === null ? 0 : Date.parse(changedAt));
  return { ...known, found: now.getTime() - since >= patience ? 'silent' : 'tooEarly', runningSince };
}

/** Whether a log that was last written to then still arrives. */
export function isRecent(newestAt: string | null, now: Date): boolean {
  return newestAt !== null && now.getTime() - Date.parse(newestAt) < patience;
}

/** The account could not be looked into: `why` says what stood in the way. What was known of arrivals stays known. Pure. */
export function unreadable(storageAccountId: string, why: string, before: Delivery | null, now: Date): Delivery {
  const message = `Whether flow logs arrive in this storage account could not be looked at. ${why}`;
  return {
    found: 'unreadable',
    checkedAt: now.toISOString(),
    newestAt: before?.newestAt ?? null,
    runningSince: before?.runningSince ?? null,
    problem: ownProblem('DeliveryUnreadable', storageAccountId, message),
  };
}

/** What may keep a silent log from arriving; null = not known. */
export type SilenceFacts = {
  readonly flowLogId: string;
  readonly storageAccountId: string;
  readonly identityId: string | null;
  readonly mayWrite: boolean | null;
  readonly trustedServicesMayEnter: boolean;
  readonly keysAllowed: boolean;
};

/** The most probable reason of a silence. Azure does not tell any. Pure. */
export function whySilent(facts: SilenceFacts): Problem {
  const { flowLogId, storageAccountId, identityId, mayWrite, trustedServicesMayEnter, keysAllowed } = facts;
  const silent = `Nothing has arrived in ${storageAccountId} for an hour, although a machine runs in the network`;
  if (mayWrite === false)
    return ownProblem('SilentRoleMissing', flowLogId, `${silent}: ${identityId} may not write blobs there.`);
  if (!trustedServicesMayEnter)
    return ownProblem('SilentFirewall', flowLogId, `${silent}: its firewall lets no trusted service of Azure in.`);
  if (identityId === null && !keysAllowed)
    return ownProblem('SilentKeysForbidden', flowLogId, `${silent}: the log has no identity, and keys are forbidden.`);
  return ownProblem(
    'Silent',
    flowLogId,
    `${silent}. Role and firewall are as they should be; keys that were rotated are the most probable reason left.`,
  );
}

/** A log that is as it should be and does not arrive makes its network `Silent`, not `Compliant`. Pure. */
export function withDelivery<Record extends Proven & { readonly problem: Problem | null }>(record: Record): Record {
  const silent = record.state === 'Compliant' && record.delivery?.found === 'silent';
  return silent ? { ...record, state: 'Silent', problem: record.delivery?.problem ?? null } : record;
}

/** The settings of the log are as the policy wants them, whether or not it arrives. */
export function isDelivered(state: string): boolean {
  return state === 'Compliant' || state === 'Silent';
}
