import { isUrgent, type RowState, type WorkItem } from './work-item.ts';

export type BatchLimits = {
  readonly items: number;
  readonly bytes: number;
  /** So many networks one after the other in a lane. */
  readonly rounds: number;
  readonly lanesPerRegion: number;
};
export type Choice =
  | { readonly kind: 'batch'; readonly items: readonly WorkItem[] }
  | { readonly kind: 'wait'; readonly until: string };

/** As much as one run can do in about 15 minutes, and as its inputs and outputs can carry. */
export const batchLimits = { items: 96, bytes: 20_000, rounds: 12 } as const;

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
 * What a run does next: the due rows, urgent ones first, then the oldest of each region in turn, as many as fit; or,
 * when rows are only settling, when to ask again. Waiting and parked rows are never waited for.
 */
export function chooseBatch(items: readonly WorkItem[], now: Date, limits: BatchLimits): Choice {
  const due = items.filter((item) => isDue(item.state, now));
  const settling = items.flatMap(({ state }) => (state.kind === 'settling' ? [Date.parse(state.notBefore)] : []));
  if (due.length > 0 || settling.length === 0)
    return { kind: 'batch', items: asManyAsFit(roundsOf(due, limits), limits) };
  return { kind: 'wait', until: askAgainAt(Math.min(...settling, now.getTime() + longestWaitMs)) };
}

function roundsOf(due: readonly WorkItem[], { lanesPerRegion }: BatchLimits): readonly (readonly WorkItem[])[] {
  const urgent = due.filter(({ reason }) => isUrgent(reason));
  const others = due.filter(({ reason }) => !isUrgent(reason));
  return [...inRounds(urgent, lanesPerRegion), ...inRounds(others, lanesPerRegion)];
}

/**
 * What all lanes of all regions do side by side, and then what they do next; each region's oldest first. What is asked
 * for by an event is in a region that nobody knows yet, so it keeps no other waiting.
 */
function inRounds(items: readonly WorkItem[], lanesPerRegion: number): readonly (readonly WorkItem[])[] {
  const oldest = items.toSorted((one, other) => Date.parse(one.firstSeen) - Date.parse(other.firstSeen));
  const rounds: WorkItem[][] = [];
  for (const region of Map.groupBy(oldest, ({ location, rowKey }) => location ?? rowKey).values()) {
    for (const [index, item] of region.entries()) {
      const round = Math.floor(index / lanesPerRegion);
      rounds[round] = [...(rounds[round] ?? []), item];
    }
  }
  return rounds;
}

/** Whole rounds, but of the first what fits: in a round that was cut, lanes stand idle until the others have ended. */
function asManyAsFit(rounds: readonly (readonly WorkItem[])[], limits: BatchLimits): readonly WorkItem[] {
  const fitting: WorkItem[] = [];
  let bytes = 2;
  for (const round of rounds.slice(0, limits.rounds)) {
    const before = fitting.length;
    for (const item of round) {
      bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
      const fits = fitting.length < limits.items && bytes <= limits.bytes;
      // One item is always handed out: what never fits would hold up its whole lane.
      if (!fits && fitting.length > 0) return before > 0 ? fitting.slice(0, before) : fitting;
      fitting.push(item);
    }
  }
  return fitting;
}

/** Durable timers fire up to a second early, so a run is woken a second late. */
function askAgainAt(time: number): string {
  return new Date(Math.ceil(time / 1000) * 1000 + 1000).toISOString();
}
