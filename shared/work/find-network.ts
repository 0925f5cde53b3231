import { classify } from '../azure/arm-error-table.ts';
import { type ArmOutcome, said } from '../azure/arm-outcome.ts';
import { readNetwork } from '../azure/network-reads.ts';
import { isDue } from '../inbox/choose-batch.ts';
import { readItem } from '../inbox/item-row.ts';
import { isByPerson, itemRowKey, laneId, type Run, type WorkItem } from '../inbox/work-item.ts';
import type { Problem } from '../problem.ts';
import { type NetworkRecord, networkKey } from '../records/network-record.ts';
import type { StepAnswer } from '../steps/contract.ts';
import { isPause } from './admit-change.ts';
import { isLogElsewhere } from './log-elsewhere.ts';
import { removeRows } from './networks-of-rows.ts';
import { parkItems } from './park-items.ts';
import { settleQuietly } from './settle-quietly.ts';
import type { WorkContext } from './work-context.ts';

/** A network that is to be worked on, and where it is. */
export type FoundNetwork = {
  readonly networkId: string;
  readonly location: string;
  readonly record: NetworkRecord | null;
  readonly rowKeys: readonly string[];
};
type Retry = Extract<StepAnswer<never>, { status: 'retry' }>;

/**
 * Where the network is that rows of the inbox ask for, or null where there is nothing to do for it: then its rows are
 * settled. One read for a network that nobody has seen before; a refusal of it that may pass is answered.
 */
export async function findNetwork(
  context: WorkContext,
  run: Run,
  networkId: string,
  rows: readonly WorkItem[],
  policyHash: string,
): Promise<FoundNetwork | Retry | null> {
  if (await isParked(context, run, networkId, rows)) {
    await removeRows(context, run, rows);
    return null;
  }
  const record = await context.records.networks.get(...networkKey(networkId));
  const location = await locationOf(context, networkId, record, rows);
  if (!location.ok) {
    const refusal = classify(location.error, networkId);
    if (refusal.status === 'retry') return refusal;
    // One network that may not be read does not keep the others waiting.
    await parkItems(context, { run, items: rows, problem: refusal.problem });
    return null;
  }
  if (location.value) return { networkId, location: location.value, record, rowKeys: rows.map(({ rowKey }) => rowKey) };
  const asked = rows.some(({ reason }) => isByPerson(reason));
  if (record || asked) await settleQuietly(context, run, networkId, 'gone', policyHash);
  await removeRows(context, run, rows);
  return null;
}

/**
 * Whether only the network's flow logs were asked for, while it is parked itself: then nothing is to be done before its
 * time. Else the events of a failing write and of its undo would wake each other for ever.
 */
async function isParked(
  { port, records, now }: WorkContext,
  run: Run,
  networkId: string,
  rows: readonly WorkItem[],
): Promise<boolean> {
  if (rows.some(({ target, reason }) => target.kind === 'network' || isByPerson(reason))) return false;
  const own = await readItem(port, laneId(run.lane), itemRowKey({ kind: 'network', id: networkId }));
  if (own) return own.state.kind === 'parked' && !passesWithItsLog(own.state.problem) && !isDue(own.state, now());
  const record = await records.networks.get(...networkKey(networkId));
  if (record?.because !== 'parked' || record.until === null) return false;
  return Date.parse(record.until) > now().getTime() && !(record.problem && passesWithItsLog(record.problem));
}

/** Whether what happens to a flow log is worth a look all the same: it may be the one that everything waits for. */
function passesWithItsLog(problem: Problem): boolean {
  return isPause(problem) || isLogElsewhere(problem);
}

/** From the record, else as who asked has seen it, else one read; null where the network is gone and was never known. */
async function locationOf(
  { clients }: WorkContext,
  networkId: string,
  record: NetworkRecord | null,
  rows: readonly WorkItem[],
): Promise<ArmOutcome<string | null>> {
  const known = record?.location ?? rows.find(({ location }) => location !== undefined)?.location;
  if (known) return said(known);
  const network = await readNetwork(clients, networkId);
  return network.ok ? { ...network, value: network.value?.location ?? null } : network;
}
