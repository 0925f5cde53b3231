import { ownProblem } from '../problem.ts';
import { parkMinutes } from '../steps/pace.ts';
import { batchLimits, chooseBatch } from './choose-batch.ts';
import { readItems, writeItem } from './item-row.ts';
import type { LanePort } from './lane-port.ts';
import { isOwner, type LaneRow, readLane, replaceLane } from './lane-row.ts';
import { withoutAttempts } from './merge-request.ts';
import { untilCommitted } from './until-committed.ts';
import { laneId, type Run, type UnsavedItem, type WorkItem } from './work-item.ts';

export type TakeLimits = {
  readonly items?: number;
  /** Over how many lanes a region's networks are spread. */
  readonly lanesPerRegion: number;
  /** How many runs may take an item and die before it is parked. */
  readonly attempts: number;
  /** The version of today's policy: a new one unparks what is parked here. */
  readonly policyEtag: string;
};

export type Take =
  | { readonly kind: 'fenced' }
  | { readonly kind: 'wait'; readonly until: string }
  | {
      readonly kind: 'batch';
      readonly items: readonly WorkItem[];
      /** What was parked instead of being handed out: to be told to people. */
      readonly parked: readonly WorkItem[];
    };

/**
 * The first activity of a run: makes it the owner of the lane, and hands out a batch, or says until when to wait before
 * asking again. `fenced`: the generation is over or has another owner, and the run has to end without a close.
 *
 * Repeatable: the run that is the owner already gets a batch again, and nothing is counted twice. An item whose runs
 * keep dying is parked as `RunFailed` instead of being handed out once more.
 */
export async function takeBatch(port: LanePort, run: Run, now: Date, limits: TakeLimits): Promise<Take> {
  const id = laneId(run.lane);
  return await untilCommitted(async () => {
    const lane = await readLane(port, id);
    if (!lane || !mayOwn(lane, run)) return { kind: 'fenced' };
    const choice = chooseBatch(await readItems(port, id), now, { ...batchLimits, ...limits });
    const taken = choice.kind === 'batch' ? choice.items.map((item) => take(item, run, now, limits)) : [];
    const etags = await commitTaken(port, id, { ...lane, owner: run.runId, bumps: 0 }, isOwner(lane, run), taken);
    if (!etags) return null;
    if (choice.kind === 'wait') return choice;
    const items = taken.map((item, index) => ({ ...item, etag: etags[index] ?? item.etag }));
    return { kind: 'batch', items: items.filter(isHandedOut), parked: items.filter((item) => !isHandedOut(item)) };
  });
}

function isHandedOut({ state }: WorkItem): boolean {
  return state.kind === 'due';
}

/** No second owner for a generation: a run that died as the owner is followed by the watchdog's next generation. */
function mayOwn(lane: LaneRow, run: Run): boolean {
  return lane.generation === run.generation && (lane.owner === null || lane.owner === run.runId);
}

function take(item: WorkItem, run: Run, now: Date, limits: TakeLimits): WorkItem {
  const attempts = item.attempts + (item.takenIn === run.generation ? 0 : 1);
  if (attempts > limits.attempts) return { ...park(item, now, limits), etag: item.etag };
  return { ...item, state: { kind: 'due' }, attempts, takenIn: run.generation };
}

function park(item: WorkItem, now: Date, limits: TakeLimits): UnsavedItem {
  const until = new Date(now.getTime() + parkMinutes.runsDied * 60_000).toISOString();
  const problem = ownProblem(
    'RunFailed',
    item.target.id,
    `${limits.attempts} runs that worked on ${item.target.id} ended without a result, so it is left alone until ${until}. ` +
      'Look for the errors of those runs in the log; request a remediation to try again at once.',
  );
  return { ...withoutAttempts(item), state: { kind: 'parked', until, problem, policyEtag: limits.policyEtag } };
}

/** The new ETags in the order of the items, or null after a conflict. A run that only waits writes itself down once. */
async function commitTaken(
  port: LanePort,
  id: string,
  lane: LaneRow,
  owned: boolean,
  items: readonly WorkItem[],
): Promise<readonly string[] | null> {
  if (owned && items.length === 0) return [];
  const committed = await port.commit(id, [replaceLane(lane), ...items.map((item) => writeItem(item, item.etag))]);
  return committed.kind === 'ok' ? committed.etags.slice(1) : null;
}
