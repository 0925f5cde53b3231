import { settleItem } from '../inbox/settle-item.ts';
import type { Run, WorkItem } from '../inbox/work-item.ts';
import type { Problem } from '../problem.ts';
import { emptyRecord, networkKey } from '../records/network-record.ts';
import { noteNetwork } from './note-network.ts';
import { parkUntil } from './park-until.ts';
import type { WorkContext } from './work-context.ts';

/** Parks a whole batch that could not even be looked at. Its networks are unknown, which is not the same as unlogged. */
export async function parkItems(
  context: WorkContext,
  { run, items, problem }: { run: Run; items: readonly WorkItem[]; problem: Problem },
): Promise<null> {
  const { port, records, policies, log, now } = context;
  const at = now();
  const until = parkUntil(problem, at);
  const policyEtag = (await policies.current())?.etag ?? '';
  for (const item of items) {
    if (item.target.kind === 'network') {
      const before = await records.networks.get(...networkKey(item.target.id));
      await noteNetwork(context, run.runId, before, {
        ...(before ?? emptyRecord(item.target.id)),
        state: 'Unknown',
        because: 'parked',
        until,
        problem,
        runId: run.runId,
        plannedAt: at.toISOString(),
        checkedAt: at.toISOString(),
      });
      log.warn(
        {
          networkId: item.target.id,
          state: 'Unknown',
          because: 'parked',
          until,
          code: problem.code,
          message: problem.message,
        },
        'network settled',
      );
    }
    await settleItem(port, run, item, { kind: 'parked', until, problem, policyEtag }, at);
  }
  return null;
}
