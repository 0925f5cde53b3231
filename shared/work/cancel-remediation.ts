import { readItem } from '../inbox/item-row.ts';
import { itemRowKey, laneId, type WorkItem } from '../inbox/work-item.ts';
import { networkKey } from '../records/network-record.ts';
import { requireResourceId } from '../resource-id.ts';
import type { WorkContext } from './work-context.ts';

/**
 * Takes back what a remediation asked for and no run has planned. What somebody else wants too (an event, the sweep, another
 * person) stays: an inbox row stands for all who asked. False where there is no such remediation; repeatable.
 */
export async function cancelRemediation(context: WorkContext, id: string, by: string | null): Promise<boolean> {
  const { records, log, now } = context;
  if (!(await records.remediations.get(id, 'remediation'))) return false;
  // First of all: a selection that is under way asks for no more networks.
  await records.remediations.add(id, 'cancelled', { kind: 'cancelled', at: now().toISOString(), by });
  let count = 0;
  for await (const row of records.remediations.list({ partitionKey: id })) {
    if (row.kind !== 'network' || row.cancelled || !(await takeBack(context, id, row.networkId))) continue;
    await records.remediations.put(id, networkKey(row.networkId).join('|'), { ...row, cancelled: true });
    count += 1;
  }
  log.info({ remediationId: id, by, count }, 'remediation cancelled');
  return true;
}

/** True where the network's row was there for this remediation alone, and is gone now: a run that has taken it looks for it once more before it plans. */
async function takeBack({ port }: WorkContext, id: string, networkId: string): Promise<boolean> {
  const lane = laneId({ kind: 'subscription', subscriptionId: requireResourceId(networkId).subscriptionId });
  const item = await readItem(port, lane, itemRowKey({ kind: 'network', id: networkId }));
  return item !== null && isOnlyFor(item, id) && (await port.remove(lane, item.rowKey, item.etag)) === 'ok';
}

/** A row that was touched after it was made, or made before it was asked for here, is somebody else's too. */
function isOnlyFor({ state, correlationId, firstSeen, touchedAt }: WorkItem, id: string): boolean {
  return state.kind === 'due' && correlationId === id && firstSeen === touchedAt;
}
