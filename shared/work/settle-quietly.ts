import type { Run } from '../inbox/work-item.ts';
import { emptyRecord, networkKey } from '../records/network-record.ts';
import { noteNetwork } from './note-network.ts';
import type { WorkContext } from './work-context.ts';

/** Notes that nothing is asked of a network, or that there is none. Azure is not asked: with `off` the state is the one last seen. */
export async function settleQuietly(
  context: WorkContext,
  run: Run,
  networkId: string,
  why: 'off' | 'outOfScope' | 'gone',
  policyHash: string | null,
): Promise<void> {
  const { records, log, now } = context;
  const before = await records.networks.get(...networkKey(networkId));
  const state = { off: before?.state ?? 'Pending', outOfScope: 'OutOfScope', gone: 'Gone' }[why];
  const because = why === 'off' ? 'off' : null;
  const record = {
    ...(before ?? emptyRecord(networkId)),
    state,
    because,
    until: null,
    policyHash,
    runId: run.runId,
    plannedAt: now().toISOString(),
    checkedAt: now().toISOString(),
  };
  await noteNetwork(context, run.runId, before, record);
  log.info({ networkId, state, because }, 'network settled');
}
