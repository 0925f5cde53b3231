import { odata } from '@azure/data-tables';
import { networkKey } from '../shared/records/network-record.ts';
import type { Records } from '../shared/records/records.ts';
import { historyPartition } from '../shared/work/history-partition.ts';

/**
 * How far a remediation is; null where there is none. Derived, never counted: a network is done when a run that took it
 * after the request was accepted has settled it, and it no longer waits: for its destination, or for its turn.
 */
export async function remediationProgress(records: Records, id: string) {
  const remediation = await records.remediations.get(id, 'remediation');
  if (remediation?.kind !== 'remediation') return null;
  const { acceptedAt, by, complete } = remediation;
  const networks = [];
  for await (const row of records.remediations.list({ partitionKey: id })) {
    if (row.kind === 'network') networks.push(await networkProgress(records, row.networkId, acceptedAt));
  }
  const state = complete && networks.every(({ done }) => done) ? 'done' : 'running';
  return { id, state, acceptedAt, by, networks };
}

async function networkProgress(records: Records, networkId: string, acceptedAt: string) {
  const record = await records.networks.get(...networkKey(networkId));
  const done =
    record?.plannedAt != null && record.plannedAt > acceptedAt && !['waiting', 'paused'].includes(record.because ?? '');
  const steps = [];
  const since = { partitionKey: historyPartition(networkId), filter: odata`RowKey gt ${acceptedAt}` };
  for await (const { step, status, did, code, at } of records.steps.list(since))
    steps.push({ step, status, did, code, at });
  return {
    id: networkId,
    done,
    state: record?.state ?? 'Pending',
    because: record?.because ?? null,
    steps,
    problem: record?.problem ?? null,
  };
}
