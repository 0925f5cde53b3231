import { readItems } from '../inbox/item-row.ts';
import { itemRowKey, laneId, type WorkItem } from '../inbox/work-item.ts';
import { networkKey } from '../records/network-record.ts';
import type { Records } from '../records/records.ts';
import type { RemediationRecord } from '../records/stories.ts';
import { requireResourceId } from '../resource-id.ts';
import type { WorkContext } from './work-context.ts';

/** So many rows are taken back side by side. */
const abreast = 25;

/**
 * Takes back what a remediation asked for and no run has planned. What somebody else wants too (an event, the sweep,
 * another person) stays: an inbox row stands for all who asked. False where there is no such remediation; repeatable.
 */
export async function cancelRemediation(context: WorkContext, id: string, by: string | null): Promise<boolean> {
  const { records, log, now } = context;
  const remediation = await records.remediations.get(id, 'remediation');
  if (remediation?.kind !== 'remediation') return false;
  // First of all: a selection that is under way asks for no more networks.
  await records.remediations.add(id, 'cancelled', { kind: 'cancelled', at: now().toISOString(), by });
  let count = 0;
  if (!remediation.dryRun) {
    for (const [subscriptionId, networks] of await openNetworks(records, id))
      count += await takeBackAll(context, remediation, subscriptionId, networks);
  }
  log.info({ remediationId: id, by, count }, 'remediation cancelled');
  return true;
}

/** Its networks that are not cancelled yet, by subscription. */
async function openNetworks({ remediations }: Records, id: string): Promise<ReadonlyMap<string, string[]>> {
  const open: string[] = [];
  for await (const row of remediations.list({ partitionKey: id }))
    if (row.kind === 'network' && row.cancelledAt === null) open.push(row.networkId);
  return Map.groupBy(open, (one) => requireResourceId(one).subscriptionId);
}

type Remediation = Extract<RemediationRecord, { kind: 'remediation' }>;

async function takeBackAll(
  context: WorkContext,
  remediation: Remediation,
  subscriptionId: string,
  networks: readonly string[],
): Promise<number> {
  const items = await readItems(context.port, laneId({ kind: 'subscription', subscriptionId }));
  const byKey = new Map(items.map((item) => [item.rowKey, item]));
  let count = 0;
  for (let start = 0; start < networks.length; start += abreast) {
    const part = networks.slice(start, start + abreast);
    const taken = await Promise.all(
      part.map((one) => {
        const item = byKey.get(itemRowKey({ kind: 'network', id: one })) ?? null;
        return takeBack(context, remediation, subscriptionId, one, item);
      }),
    );
    const cancelled = part.filter((_, index) => taken[index]);
    // Read after the rows are gone: whoever plans them later finds none.
    const cancelledAt = context.now().toISOString();
    await context.records.remediations.putAll(
      remediation.id,
      cancelled.map((one) => [
        networkKey(one).join('|'),
        { kind: 'network', networkId: one, cancelledAt, planned: null },
      ]),
    );
    count += cancelled.length;
  }
  return count;
}

/**
 * True where the network's row was there for this remediation alone, and is gone now: a run that has taken it looks for
 * it once more before it plans. Gone without a run that settled it, it was taken back by a call that died over it.
 */
async function takeBack(
  { port, records }: WorkContext,
  { id, acceptedAt }: Remediation,
  subscriptionId: string,
  networkId: string,
  item: WorkItem | null,
): Promise<boolean> {
  if (!item) {
    const record = await records.networks.get(...networkKey(networkId));
    return (record?.plannedAt ?? '') <= acceptedAt;
  }
  const lane = laneId({ kind: 'subscription', subscriptionId });
  return isOnlyFor(item, id) && (await port.remove(lane, item.rowKey, item.etag)) === 'ok';
}

/** A row that was touched after it was made, or made before it was asked for here, is somebody else's too. */
function isOnlyFor({ state, correlationId, firstSeen, touchedAt }: WorkItem, id: string): boolean {
  return state.kind === 'due' && correlationId === id && firstSeen === touchedAt;
}
