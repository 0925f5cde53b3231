import { isUrgent, type RowState, type WorkItem } from './work-item.ts';

export type BatchLimits = { readonly items: number; readonly bytes: number };
export type Choice =
  | { readonly kind: 'batch'; readonly items: readonly WorkItem[] }
  | { readonly kind: 'wait'; readonly until: string };

/** As much as one run can do in about 15 minutes, and as its inputs and outputs can carry. */
export const batchLimits: BatchLimits = { items: 96, bytes: 20_000 };

const longestWaitMs = 60_000;

/** Whether the row's time has come. A time that cannot be read has: better early than never. */
export function isDue(state: RowState, now: Date): boolean {
  if (state.kind === 'settling') return !(Date.parse(state.notBefore) > now.getTime());
  if (state.kind === 'parked') return !(Date.parse(state.until) > now.getTime());
  return state.kind === 'due';
}

/** Whether the row calls for a run: rows that are settling do, since a run waits for them; waiting ones are woken. */
export function needsRun(state: RowState, now: Date): boolean {
  return state.kind === 'settling' || isDue(state, now);
}

/**
 * What a run does next: the due rows, urgent ones first, then the oldest, as many as fit; or, when rows are only
 * settling, when to ask again. Waiting and parked rows are never waited for.
 */
export function chooseBatch(items: readonly WorkItem[], now: Date, limits: BatchLimits): Choice {
  const due = items.filter((item) => isDue(item.state, now)).sort(byUrgency);
  const settling = items.flatMap(({ state }) => (state.kind === 'settling' ? [Date.parse(state.notBefore)] : []));
  if (due.length > 0 || settling.length === 0) return { kind: 'batch', items: asManyAsFit(due, limits) };
  return { kind: 'wait', until: askAgainAt(Math.min(...settling, now.getTime() + longestWaitMs)) };
}

function byUrgency(one: WorkItem, other: WorkItem): number {
  const urgent = Number(isUrgent(other.reason)) - Number(isUrgent(one.reason));
  return urgent || Date.parse(one.firstSeen) - Date.parse(other.firstSeen);
}

function asManyAsFit(items: readonly WorkItem[], limits: BatchLimits): readonly WorkItem[] {
  const fitting: WorkItem[] = [];
  let bytes = 2;
  for (const item of items.slice(0, limits.items)) {
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    // One item is always handed out: what never fits would hold up its whole lane.
    if (bytes > limits.bytes && fitting.length > 0) break;
    fitting.push(item);
  }
  return fitting;
}

/** Durable timers fire up to a second early, so a run is woken a second late. */
function askAgainAt(time: number): string {
  return new Date(Math.ceil(time / 1000) * 1000 + 1000).toISOString();
}
