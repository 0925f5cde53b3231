import { closeRun } from '../../../shared/inbox/close-run.ts';
import { readDestination, writeDestination } from '../../../shared/inbox/destination-row.ts';
import { enqueue } from '../../../shared/inbox/enqueue.ts';
import type { LanePort } from '../../../shared/inbox/lane-port.ts';
import type { WorkRequest } from '../../../shared/inbox/merge-request.ts';
import { ownsLane } from '../../../shared/inbox/owns-lane.ts';
import { settleItem } from '../../../shared/inbox/settle-item.ts';
import { type Take, takeBatch } from '../../../shared/inbox/take-batch.ts';
import { wakeWaiters } from '../../../shared/inbox/wake-waiters.ts';
import { watchdog } from '../../../shared/inbox/watchdog.ts';
import type { LaneKey, Run, WorkItem } from '../../../shared/inbox/work-item.ts';
import type { Activity, Program } from './scripted.ts';

export const now = new Date('2026-11-23T08:00:00.000Z');
export const subscription: LaneKey = { kind: 'subscription', subscriptionId: '00000000-0000-0000-0000-000000000001' };
export const account = 'stlogs';
export const destination: LaneKey = { kind: 'destination', account };

const settleSeconds = 30;
const limits = { attempts: 9, lanesPerRegion: 2, policyEtag: 'p1' };

/** What the explorer lets a test replace by a planted bug. */
export type Parts = {
  readonly enqueue: typeof enqueue;
  readonly ownsLane: typeof ownsLane;
  readonly closeRun: typeof closeRun;
  readonly settleItem: typeof settleItem;
  readonly wakeWaiters: typeof wakeWaiters;
};
export const parts: Parts = { enqueue, ownsLane, closeRun, settleItem, wakeWaiters };

export function request(name: string, reason: WorkRequest['reason'] = 'manual'): WorkRequest {
  return { target: { kind: 'network', id: `/vnets/${name}` }, reason, correlationId: 'c' };
}

/** Asks for one thing after the other, each in a request of its own. */
export function producer(
  names: readonly string[],
  { enqueue }: Parts = parts,
  reason?: WorkRequest['reason'],
): Program {
  return async (activity) => {
    for (const name of names) {
      await activity('enqueue', (port) => enqueue(port, subscription, [request(name, reason)], now, settleSeconds));
    }
  };
}

/** Asks for the destination, as the sweep does. */
export function destinationProducer(): Program {
  return async (activity) => {
    await activity('enqueue', (port) => enqueue(port, destination, [destinationRequest], now, settleSeconds));
  };
}

export const watchdogProgram: Program = async (activity) => {
  await activity('watchdog', async (port) => (await watchdog(port, now)).map(({ lane, did }) => ({ lane, did })));
};

/** A run as the orchestrations do it: take (wait, take again), then each item behind the fence, then close. */
export function run(run: Run, using: Parts = parts, work: Work = settleAsDone): Program {
  return async (activity) => {
    const take = await takeSettled(activity, run);
    if (take.kind !== 'batch') return;
    for (const item of take.items) {
      if (!(await activity('fence', (port) => using.ownsLane(port, run)))) return;
      await work(activity, run, item, using);
    }
    await activity('close', (port) => using.closeRun(port, run, now));
  };
}

async function takeSettled(activity: Activity, run: Run): Promise<Take> {
  let time = now;
  for (;;) {
    const at = time;
    const take = await activity('take', (port) => takeBatch(port, run, at, limits));
    if (take.kind !== 'wait') return take;
    time = new Date(take.until);
  }
}

export type Work = (activity: Activity, run: Run, item: WorkItem, using: Parts) => Promise<void>;

const settleAsDone: Work = async (activity, run, item, { settleItem }) => {
  await activity('settle', (port) => settleItem(port, run, item, { kind: 'remove' }, now));
};

const destinationRequest: WorkRequest = {
  target: { kind: 'destination', id: '/storageAccounts/stlogs' },
  reason: 'event',
  correlationId: 'c',
};

/**
 * A network needs the destination, which is ready with its `readyAt`th answer; a network that was woken by an earlier
 * one has to wait, and be woken, once more.
 */
export function overDestination(readyAt: number): Work {
  return async (activity, run, item, using) => {
    if (run.lane.kind === 'destination') return await provideDestination(activity, run, item, using);
    const need = await activity('require', (port) => requireDestination(port, run.lane, readyAt, using));
    const outcome = need.ready
      ? ({ kind: 'remove' } as const)
      : ({ kind: 'waiting', destination: account, answers: need.answers } as const);
    await activity('settle', (port) => using.settleItem(port, run, item, outcome, now));
  };
}

async function requireDestination(port: LanePort, lane: LaneKey, readyAt: number, using: Parts) {
  const answers = (await readDestination(port, account))?.answers ?? 0;
  if (answers >= readyAt || lane.kind !== 'subscription') return { ready: true, answers };
  const waiter = { subscriptionId: lane.subscriptionId, answers };
  await using.enqueue(port, destination, [destinationRequest], now, settleSeconds, waiter);
  return { ready: false, answers };
}

async function provideDestination(activity: Activity, run: Run, item: WorkItem, using: Parts): Promise<void> {
  await activity('publish', async (port) => {
    const seen = await readDestination(port, account);
    await writeDestination(port, account, seen, {}, 'published');
    await using.wakeWaiters(port, account, now);
  });
  await activity('settle', (port) => using.settleItem(port, run, item, { kind: 'remove' }, now));
}
