import { needsRun } from './choose-batch.ts';
import { isLive, whySupersede } from './decide-watchdog.ts';
import { readDestination } from './destination-row.ts';
import { readItems } from './item-row.ts';
import type { LanePort } from './lane-port.ts';
import { type LaneRow, nextGeneration, readLane, replaceLane } from './lane-row.ts';
import { isAnswered, wakeLane } from './wake-waiters.ts';
import { instanceId, parseLaneId, type WorkItem } from './work-item.ts';

/** One thing that the watchdog did, or could not do, for a lane. */
export type WatchdogFinding =
  | { readonly lane: string; readonly did: 'superseded'; readonly generation: number; readonly because: string }
  | { readonly lane: string; readonly did: 'woken'; readonly destination: string }
  | { readonly lane: string; readonly did: 'failed'; readonly error: unknown };

/**
 * The net under what dies on the way, to be run every minute. A lane with work but without a living run gets its next
 * generation, as a close would have given it; a row that waits for an answer given long ago (its run died before it
 * could look) is woken. A lane that fails does not keep the others from being looked at.
 */
export async function watchdog(port: LanePort, now: Date, budgetMinutes = 15): Promise<readonly WatchdogFinding[]> {
  const findings: WatchdogFinding[] = [];
  for (const id of await port.listLanes()) {
    try {
      findings.push(...(await lookAfter(port, id, now, budgetMinutes)));
    } catch (error) {
      findings.push({ lane: id, did: 'failed', error });
    }
  }
  return findings;
}

/** The lane row is read before the items, for the same reason as in a close. */
async function lookAfter(
  port: LanePort,
  id: string,
  now: Date,
  budgetMinutes: number,
): Promise<readonly WatchdogFinding[]> {
  const lane = await readLane(port, id);
  const items = await readItems(port, id);
  const isWork = lane && items.some((item) => needsRun(item.state, now));
  const superseded = isWork ? await supersede(port, id, lane, now, budgetMinutes) : [];
  return [...superseded, ...(await wakeAnswered(port, id, items, now))];
}

/** A conflict means that a producer or a run is busy with the lane; then the next minute is early enough. */
async function supersede(
  port: LanePort,
  id: string,
  lane: LaneRow,
  now: Date,
  budgetMinutes: number,
): Promise<readonly WatchdogFinding[]> {
  const key = parseLaneId(id);
  const superseded = instanceId(key, lane.generation);
  const status = await port.runStatus(superseded);
  const because = whySupersede(lane, status, now, budgetMinutes);
  if (because === null) return [];
  const next = nextGeneration(lane, now, lane.bumps + 1);
  if ((await port.commit(id, [replaceLane(next)])).kind === 'conflict') return [];
  await port.startRun(instanceId(key, next.generation), key, next.generation);
  if (status && isLive(status)) {
    await port.terminateRun(superseded, `Superseded by generation ${next.generation}: ${because}.`);
  }
  return [{ lane: id, did: 'superseded', generation: next.generation, because }];
}

async function wakeAnswered(
  port: LanePort,
  id: string,
  items: readonly WorkItem[],
  now: Date,
): Promise<readonly WatchdogFinding[]> {
  const findings: WatchdogFinding[] = [];
  for (const destination of new Set(items.flatMap(destinationOf))) {
    const answers = (await readDestination(port, destination))?.answers ?? 0;
    if (!items.some((item) => isAnswered(item, destination, answers))) continue;
    await wakeLane(port, parseLaneId(id), destination, answers, now);
    findings.push({ lane: id, did: 'woken', destination });
  }
  return findings;
}

function destinationOf({ state }: WorkItem): readonly string[] {
  return state.kind === 'waiting' ? [state.destination.toLowerCase()] : [];
}
