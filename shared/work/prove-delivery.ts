import pMap from 'p-map';
import { type Delivery, proofDue, withDelivery } from '../decide/delivery.ts';
import { enqueue } from '../inbox/enqueue.ts';
import { networkKey } from '../records/network-record.ts';
import { nameOf } from '../resource-id.ts';
import { type LoggedNetwork, lookForArrivals } from './look-for-arrivals.ts';
import { noteNetwork } from './note-network.ts';
import { recordsBetween } from './records-between.ts';
import type { WorkContext } from './work-context.ts';

/** A stretch of the estate, by ids in lower case, and what has it looked at. */
export type Stretch = { readonly cause: string; readonly after: string; readonly upTo: string };

/** At a time; what is left is due in the next sweep. */
const atMost = 500;
const concurrency = 16;

/**
 * Looks whether the flow logs of a stretch of the estate arrive in their storage accounts, as far as it is time to look
 * again. No ARM request for a network: one read and one listing an account, listings of blobs for each log, and a query of
 * Resource Graph for every 200 logs.
 */
export async function proveDelivery(context: WorkContext, { cause, after, upTo }: Stretch): Promise<null> {
  const { log, now } = context;
  const at = now();
  const records = await recordsBetween(context, after, upTo);
  const due = [...records.values()].filter((record): record is LoggedNetwork => proofDue(record, at)).slice(0, atMost);
  const found: Record<string, number> = {};
  for (const [account, some] of Map.groupBy(due, ({ storageAccountId }) => storageAccountId.toLowerCase())) {
    const looked = await lookForArrivals(context, account, some);
    await pMap(looked, ({ network, delivery }) => noteDelivery(context, cause, network, delivery), { concurrency });
    for (const { delivery } of looked) found[delivery.found] = (found[delivery.found] ?? 0) + 1;
  }
  if (due.length > 0) log.info(found, 'delivery proven');
  return null;
}

/** The record may have changed since it was read: only what is known of the delivery is taken over. */
async function noteDelivery(context: WorkContext, cause: string, network: LoggedNetwork, delivery: Delivery) {
  const before = await context.records.networks.get(...networkKey(network.id));
  if (before?.flowLogId !== network.flowLogId || before.changedAt !== network.changedAt) return;
  const settled = before.state === 'Silent' ? { ...before, state: 'Compliant', problem: null } : before;
  const record = withDelivery({ ...settled, delivery });
  await noteNetwork(context, cause, before, record);
  if (record.state !== before.state)
    context.log[record.state === 'Silent' ? 'warn' : 'info'](
      { networkId: record.id, state: record.state, code: record.problem?.code, message: record.problem?.message },
      'network settled',
    );
  if (delivery.problem?.code === 'SilentRoleMissing') await mendDestination(context, network.storageAccountId, cause);
}

/** Its lane grants the right again. */
async function mendDestination({ port, now }: WorkContext, storageAccountId: string, correlationId: string) {
  const target = { kind: 'destination' as const, id: storageAccountId };
  const account = nameOf(storageAccountId).toLowerCase();
  await enqueue(port, { kind: 'destination', account }, [{ target, reason: 'tamper', correlationId }], now(), 0);
}
