import type { FlowLog } from '@azure/arm-network';
import { type ArmOutcome, said } from '../azure/arm-outcome.ts';
import { listNetworks, mapOutcome, readFlowLog } from '../azure/network-reads.ts';
import { enqueue } from '../inbox/enqueue.ts';
import { settleItem } from '../inbox/settle-item.ts';
import type { Run, WorkItem } from '../inbox/work-item.ts';
import { isOfType, resourceTypes, sameId } from '../resource-id.ts';
import type { WorkContext } from './work-context.ts';

/** The networks that the rows ask for; a row that asks for none is settled. What can't be read fails the whole: nothing is dropped. */
export async function networksOfRows(
  context: WorkContext,
  run: Run,
  items: readonly WorkItem[],
): Promise<ArmOutcome<ReadonlyMap<string, readonly WorkItem[]>>> {
  const byNetwork = new Map<string, { id: string; rows: WorkItem[] }>();
  for (const item of items) {
    const network = await networkOf(context, run, item);
    if (!network.ok) return network;
    if (network.value === null) {
      await removeRows(context, run, [item]);
      continue;
    }
    const known = byNetwork.get(network.value.toLowerCase());
    if (known) known.rows.push(item);
    else byNetwork.set(network.value.toLowerCase(), { id: network.value, rows: [item] });
  }
  return said(new Map([...byNetwork.values()].map(({ id, rows }) => [id, rows])));
}

async function networkOf(context: WorkContext, run: Run, item: WorkItem): Promise<ArmOutcome<string | null>> {
  switch (item.target.kind) {
    case 'network':
      return said(item.target.id);
    case 'flowLog': {
      const recorded = await recordedTarget(context, run, item.target.id);
      if (recorded) return said(recorded);
      return mapOutcome(await readFlowLog(context.clients, item.target.id), targetNetwork);
    }
    case 'subscription':
      return enqueueAll(context, run, item);
    case 'destination':
      return said(null);
  }
}

/** Subnets and network interfaces may have logs of their own, which are not ours to bring in line. */
function targetNetwork(flowLog: FlowLog | null): string | null {
  const target = flowLog?.targetResourceId ?? '';
  return isOfType(target, resourceTypes.network) ? target : null;
}

/** A flow log that was deleted can only be told from the records. */
async function recordedTarget({ records }: WorkContext, { lane }: Run, flowLogId: string): Promise<string | null> {
  if (lane.kind !== 'subscription') return null;
  let former: string | null = null;
  for await (const record of records.networks.list({ partitionKey: lane.subscriptionId })) {
    if (record.flowLogId && sameId(record.flowLogId, flowLogId)) return record.id;
    if (record.formerFlowLogId && sameId(record.formerFlowLogId, flowLogId)) former = record.id;
  }
  return former;
}

/** A move names no network, so every one of the subscription is looked at. */
async function enqueueAll(
  { clients, port, now }: WorkContext,
  { lane }: Run,
  item: WorkItem,
): Promise<ArmOutcome<null>> {
  if (lane.kind !== 'subscription') return said(null);
  const networks = await listNetworks(clients, lane.subscriptionId);
  if (!networks.ok) return networks;
  const { reason, correlationId } = item;
  const requests = networks.value.map(({ id, location }) => ({
    target: { kind: 'network' as const, id },
    location,
    reason,
    correlationId,
  }));
  await enqueue(port, lane, requests, now(), 0);
  return said(null);
}

/** Settles rows that ask for nothing more. */
export async function removeRows({ port, now }: WorkContext, run: Run, rows: readonly WorkItem[]): Promise<void> {
  for (const row of rows) await settleItem(port, run, row, { kind: 'remove' }, now());
}
