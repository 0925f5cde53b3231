import { isByPerson, itemRowKey, type Reason, type RowState, type Target, type UnsavedItem } from './work-item.ts';

/** What a trigger asks for: a target and a reason, never a payload to be believed. */
export type WorkRequest = {
  readonly target: Target;
  readonly reason: Reason;
  readonly correlationId: string;
  /** The object id of who asked, or of who wrote what the event tells of. */
  readonly by?: string;
  /** The version of the policy known to whoever asks: one stated anew unparks, even where it says the same. */
  readonly policyEtag?: string;
  /** The target was recreated or deleted, so what it was parked for is over. */
  readonly unpark?: boolean;
  /** Where the target is, where whoever asks happens to know. */
  readonly location?: string;
  readonly resourceGuid?: string;
  /** Object id of who did what the event tells of. */
  readonly actorId?: string;
};

const settlingLimitMs = 5 * 60_000;
const urgency: Record<Reason, number> = { sweep: 0, bulk: 1, event: 2, tamper: 3, manual: 4 };

/**
 * The row after a request has come in, over the row that was there (or none). The more urgent reason wins, and the row
 * is always touched: a run that took it before will not be able to settle it as done.
 */
export function mergeRequest(
  row: UnsavedItem | null,
  request: WorkRequest,
  now: Date,
  settleSeconds: number,
): UnsavedItem {
  const touchedAt = now.toISOString();
  const known = row ?? newItem(request, touchedAt);
  if (known.state.kind === 'parked' && !unparks(known, known.state.policyEtag, request)) return { ...known, touchedAt };
  const unparked = known.state.kind === 'parked' ? withoutAttempts(known) : known;
  const wins = urgency[request.reason] >= urgency[known.reason];
  return {
    ...(wins ? askedBy(unparked, request) : unparked),
    ...(request.location === undefined ? {} : { location: request.location }),
    ...(request.resourceGuid === undefined ? {} : { resourceGuid: request.resourceGuid }),
    ...(request.actorId === undefined ? {} : { actorId: request.actorId }),
    touchedAt,
    state: stateAfter(row, request, now, settleSeconds),
  };
}

/** Reason, correlation id and person belong together. */
function askedBy({ by: _, ...item }: UnsavedItem, { reason, correlationId, by }: WorkRequest): UnsavedItem {
  return { ...item, reason, correlationId, ...(by === undefined ? {} : { by }) };
}

/** The item as it is when no run has tried it: what is settled or unparked starts afresh. */
export function withoutAttempts({ takenIn: _, ...item }: UnsavedItem): UnsavedItem {
  return { ...item, attempts: 0 };
}

function newItem(request: WorkRequest, at: string): UnsavedItem {
  const { target, reason, correlationId } = request;
  const rowKey = itemRowKey(target);
  return { target, reason, correlationId, state: { kind: 'due' }, attempts: 0, firstSeen: at, touchedAt: at, rowKey };
}

/** An event alone never unparks, else a failing create and its undo would wake each other for ever. */
function unparks(row: UnsavedItem, policyEtag: string, request: WorkRequest): boolean {
  const recreated = known(row.resourceGuid, request.resourceGuid) && row.resourceGuid !== request.resourceGuid;
  const newPolicy = request.policyEtag !== undefined && request.policyEtag !== policyEtag;
  return isByPerson(request.reason) || request.unpark === true || recreated || newPolicy;
}

function known(...values: readonly (string | undefined)[]): boolean {
  return values.every((value) => value !== undefined);
}

/** Only a network that was just written settles; what a person has asked for is due, and nothing moves it later. */
function stateAfter(row: UnsavedItem | null, request: WorkRequest, now: Date, settleSeconds: number): RowState {
  const byPerson = isByPerson(request.reason) || (row !== null && isByPerson(row.reason));
  if (request.target.kind !== 'network' || byPerson) return { kind: 'due' };
  if (request.reason === 'sweep') return row?.state.kind === 'settling' ? row.state : { kind: 'due' };
  const firstSeen = row === null ? now.getTime() : Date.parse(row.firstSeen);
  const notBefore = Math.min(now.getTime() + settleSeconds * 1000, firstSeen + settlingLimitMs);
  return { kind: 'settling', notBefore: new Date(notBefore).toISOString() };
}
