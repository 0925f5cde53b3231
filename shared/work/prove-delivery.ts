import { networksWithMachines } from '../azure/running-machines.ts';
import { type Delivery, proofDue, withDelivery } from '../decide/delivery.ts';
import { enqueue } from '../inbox/enqueue.ts';
import { nameOf } from '../resource-id.ts';
import { type LoggedNetwork, lookForArrivals } from './look-for-arrivals.ts';
import { noteNetworks } from './note-network.ts';
import { recordsBetween } from './records-between.ts';
import type { WorkContext } from './work-context.ts';

/** A stretch of the estate, by ids in lower case, and what has it looked at. */
export type Stretch = { readonly cause: string; readonly after: string; readonly upTo: string };

/** At a time; what is left is due in the next sweep. */
const atMost = 500;

/**
 * Looks whether the flow logs of a stretch of the estate arrive in their storage accounts, as far as it is time to look
 * again. No ARM request for a network: one read and a few listings an account, listings of blobs for each log that has ever
 * delivered, and a query of Resource Graph for every 200 logs. Answers after how many seconds to ask again, where Resource
 * Graph is throttled and nothing was done; else null.
 */
export async function proveDelivery(context: WorkContext, { cause, after, upTo }: Stretch): Promise<number | null> {
  const { clients, log, now } = context;
  const at = now();
  const records = await recordsBetween(context, after, upTo);
  const due = [...records.values()].filter((record): record is LoggedNetwork => proofDue(record, at)).slice(0, atMost);
  if (due.length === 0) return null;

  const running = await networksWithMachines(
    clients,
    due.map(({ id }) => id.toLowerCase()),
  );
  if (!running.ok && running.error.status === 429) return running.error.retryAfterSeconds ?? 15;
  const found: Record<string, number> = {};
  for (const [account, some] of Map.groupBy(due, ({ storageAccountId }) => storageAccountId.toLowerCase())) {
    const looked = await lookForArrivals(context, account, some, running);
    await noteDeliveries(context, cause, looked);
    for (const { delivery } of looked) found[delivery.found] = (found[delivery.found] ?? 0) + 1;
  }
  log.info(found, 'delivery proven');
  return null;
}

type Looked = { readonly network: LoggedNetwork; readonly delivery: Delivery };

/** A record that has changed since it was read is left as it is: its log is due again. */
async function noteDeliveries(context: WorkContext, cause: string, looked: readonly Looked[]): Promise<void> {
  const notes = looked.map(({ network, delivery }) => {
    const settled = network.state === 'Silent' ? { ...network, state: 'Compliant', problem: null } : network;
    return { before: network, record: withDelivery({ ...settled, delivery }) };
  });
  await noteNetworks(context, cause, notes);
  for (const { before, record } of notes) {
    if (record.state !== before.state)
      context.log[record.state === 'Silent' ? 'warn' : 'info'](
        { networkId: record.id, state: record.state, code: record.problem?.code, message: record.problem?.message },
        'network settled',
      );
    if (record.delivery.problem?.code === 'SilentRoleMissing')
      await mendDestination(context, before.storageAccountId, cause);
  }
}

/** Its lane grants the right again. */
async function mendDestination({ port, now }: WorkContext, storageAccountId: string, correlationId: string) {
  const target = { kind: 'destination' as const, id: storageAccountId };
  const account = nameOf(storageAccountId).toLowerCase();
  await enqueue(port, { kind: 'destination', account }, [{ target, reason: 'tamper', correlationId }], now(), 0);
}
