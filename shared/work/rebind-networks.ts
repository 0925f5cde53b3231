import { readDestination, writeDestination } from '../inbox/destination-row.ts';
import { enqueue } from '../inbox/enqueue.ts';
import type { Run } from '../inbox/work-item.ts';
import type { DestinationBody } from '../records/destination-body.ts';
import type { NetworkRecord } from '../records/network-record.ts';
import { requireResourceId, sameId } from '../resource-id.ts';
import type { WorkContext } from './work-context.ts';

/** An identity made anew has another principal: every flow log bound to the former one has to be bound again. So is one looked at whose right came back. */
export async function rebindNetworks(
  { records, port, now }: WorkContext,
  account: string,
  body: DestinationBody,
  run: Run,
): Promise<void> {
  const { storageAccountId } = body;
  const bound: NetworkRecord[] = [];
  for await (const record of records.networks.list()) {
    if (record.storageAccountId && storageAccountId && sameId(record.storageAccountId, storageAccountId))
      bound.push(record);
  }
  for (const [subscriptionId, some] of Map.groupBy(bound, ({ id }) => requireResourceId(id).subscriptionId)) {
    const requests = some.map(({ id, location }) => ({
      target: { kind: 'network' as const, id },
      ...(location ? { location } : {}),
      reason: 'tamper' as const,
      // Whatever it was parked for, it was with the former principal.
      unpark: true,
      correlationId: run.runId,
    }));
    await enqueue(port, { kind: 'subscription', subscriptionId }, requests, now(), 0);
  }
  const row = await readDestination(port, account);
  if (row) await writeDestination(port, account, row, { ...body, rebind: false }, 'noted');
}
