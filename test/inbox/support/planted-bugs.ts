import { needsRun } from '../../../shared/inbox/choose-batch.ts';
import { readItems } from '../../../shared/inbox/item-row.ts';
import { isOwner, nextGeneration, readLane, replaceLane } from '../../../shared/inbox/lane-row.ts';
import { watchdog } from '../../../shared/inbox/watchdog.ts';
import { instanceId, laneId, type Run } from '../../../shared/inbox/work-item.ts';
import { now, type Parts, parts, run } from './scenarios.ts';
import type { Program } from './scripted.ts';

/** A close that reads the items first and the lane row after them. */
export const closeReadsItemsFirst: Parts = {
  ...parts,
  async closeRun(port, run) {
    const items = await readItems(port, laneId(run.lane));
    const lane = await readLane(port, laneId(run.lane));
    if (!lane || !isOwner(lane, run)) return { kind: 'fenced' };
    const committed = await port.commit(laneId(run.lane), [replaceLane(nextGeneration(lane, now, 0))]);
    if (committed.kind === 'conflict') return await closeReadsItemsFirst.closeRun(port, run, now);
    const next = run.generation + 1;
    const needed = items.some((item) => needsRun(item.state, now));
    if (needed) await port.startRun(instanceId(run.lane, next), run.lane, next);
    return { kind: 'closed', next: needed ? next : null };
  },
};

/** A run that takes an empty batch as the end of it. */
export function runEndsAfterEmptyBatch(it: Run): Program {
  return (activity) =>
    run(it)(async (name, work) => {
      const result = await activity(name, work);
      const isEmpty = name === 'take' && JSON.stringify(result).startsWith('{"kind":"batch","items":[]');
      return isEmpty ? { ...result, kind: 'fenced' } : result;
    });
}

/** A producer that leaves the lane row as it is. */
export const enqueueDoesNotTouch: Parts = {
  ...parts,
  async enqueue(port, lane, ...rest) {
    const isThere = await port.readRow(laneId(lane), 'lane');
    const untouched = isThere
      ? { ...port, commit: (id: string, writes: Parameters<typeof port.commit>[1]) => port.commit(id, writes.slice(1)) }
      : port;
    await parts.enqueue(untouched, lane, ...rest);
  },
};

/** A producer that has read the generation before its commit. */
export const enqueueReadsGenerationFirst: Parts = {
  ...parts,
  async enqueue(port, lane, ...rest) {
    const before = await port.readRow(laneId(lane), 'lane');
    const readRow: typeof port.readRow = async (id, rowKey) =>
      rowKey === 'lane' && before ? before : await port.readRow(id, rowKey);
    await parts.enqueue({ ...port, readRow }, lane, ...rest);
  },
};

/** A run that goes on whatever the fence says. */
export const fenceIsOpen: Parts = {
  ...parts,
  ownsLane: async (port, run) => (await parts.ownsLane(port, run)) || true,
};

/** A network that is set to waiting without a second look at the destination. */
export const settleDoesNotLookAgain: Parts = {
  ...parts,
  settleItem: (port, ...rest) => parts.settleItem({ ...port, readRow: async () => null }, ...rest),
};

/** A waking that strikes out every waiter, those too who have come for the next answer. */
export const wakingForgetsWaiters: Parts = {
  ...parts,
  wakeWaiters: (port, ...rest) => {
    const readRows: typeof port.readRows = async (id, prefix, among) =>
      (await port.readRows(id, prefix, among)).map((row) =>
        prefix === 'waiter' ? { ...row, fields: { answers: 0 } } : row,
      );
    return parts.wakeWaiters({ ...port, readRows }, ...rest);
  },
};

/** A watchdog that has no eye for rows whose answer was given while nobody looked. */
export const watchdogForgetsWaiting: Program = async (activity) => {
  await activity('watchdog', async (port) => {
    const readRow: typeof port.readRow = async (id, key) =>
      key === 'destination' ? null : await port.readRow(id, key);
    return (await watchdog({ ...port, readRow }, now)).length;
  });
};
