import { readDestination, writeDestination } from '../inbox/destination-row.ts';
import { type Take, takeBatch } from '../inbox/take-batch.ts';
import { wakeWaiters } from '../inbox/wake-waiters.ts';
import { laneId, type Run, type WorkItem } from '../inbox/work-item.ts';
import { destinationBody, newDestination } from '../records/destination-body.ts';
import { emptyRecord, networkKey } from '../records/network-record.ts';
import { noteNetwork } from './note-network.ts';
import type { WorkContext } from './work-context.ts';

/** Without a policy nothing is done to networks, but what waits for one is looked at. */
const withoutPolicy = { attempts: 5, lanesPerRegion: 2 };

/** Takes a batch, and tells of what was parked instead, because run after run had died over it. */
export async function takeBatchTold(context: WorkContext, { run }: { run: Run }): Promise<Take> {
  const current = await context.policies.current();
  const { attempts, lanesPerRegion } = current?.policy.limits ?? withoutPolicy;
  const limits = { attempts, lanesPerRegion, policyEtag: current?.etag ?? '' };
  const taken = await takeBatch(context.port, run, context.now(), limits);
  if (taken.kind !== 'batch') return taken;
  for (const item of taken.parked) await tellParked(context, run, item);
  context.log.info({ lane: laneId(run.lane), generation: run.generation, count: taken.items.length }, 'batch taken');
  return { ...taken, parked: [] };
}

async function tellParked(context: WorkContext, run: Run, { target, state }: WorkItem): Promise<void> {
  if (state.kind !== 'parked') return;
  const { problem, until } = state;
  const { code, message } = problem;
  const at = context.now();
  if (target.kind === 'network') {
    const before = await context.records.networks.get(...networkKey(target.id));
    const parked = { state: 'Blocked', because: 'parked', until, problem, runId: run.runId } as const;
    await noteNetwork(context, run.runId, before, {
      ...(before ?? emptyRecord(target.id)),
      ...parked,
      plannedAt: at.toISOString(),
      checkedAt: at.toISOString(),
    });
    context.log.error(
      { networkId: target.id, state: 'Blocked', because: 'parked', until, code, message },
      'network settled',
    );
  }
  if (target.kind === 'destination' && run.lane.kind === 'destination') {
    const { account } = run.lane;
    const row = await readDestination(context.port, account);
    const body = row ? destinationBody.parse(row.body) : newDestination;
    await writeDestination(
      context.port,
      account,
      row,
      { ...body, state: 'blocked', problem, nextTry: until, checkedAt: at.toISOString() },
      'published',
    );
    await wakeWaiters(context.port, account, at);
    context.log.error(
      { account, state: 'blocked', code, message, leftovers: body.intent.map(({ resourceId }) => resourceId) },
      'destination settled',
    );
  }
}
