import { odata } from '@azure/data-tables';
import { emptyRecord, type NetworkRecord, networkKey } from '../records/network-record.ts';
import type { Records } from '../records/records.ts';
import type { RemediationRecord } from '../records/stories.ts';
import { requireResourceId } from '../resource-id.ts';
import { historyPartition } from './history-partition.ts';

type Remediation = Extract<RemediationRecord, { kind: 'remediation' }>;
type Cancelled = Extract<RemediationRecord, { kind: 'cancelled' }>;
type Part = Extract<RemediationRecord, { kind: 'network' }>;
type Known = {
  readonly part: Part;
  readonly record: NetworkRecord | null;
  readonly done: boolean;
  readonly cancelled: boolean;
};

/** A page of a remediation's networks: at most so many, from the one at this place on. */
export type Slice = { readonly top: number; readonly from: number };

/**
 * How far a remediation is; null where there is none. Derived, never counted: a network is done when a run that took it
 * after the request was accepted has settled it, and it no longer waits: for its destination, or for its turn. Steps are
 * told of the networks of the page.
 */
export async function remediationProgress(records: Records, id: string, { top, from }: Slice) {
  const remediation = await records.remediations.get(id, 'remediation');
  if (remediation?.kind !== 'remediation') return null;
  const { parts, cancelled } = await rowsOf(records, id);
  const found = await recordsOf(records, parts);
  const all = parts.map((part): Known => {
    const record = found.get(part.networkId.toLowerCase()) ?? null;
    return { part, record, ...endOf(remediation, cancelled, part, record) };
  });
  const done = all.filter((one) => one.done).length;
  const takenBack = all.filter((one) => one.cancelled).length;
  const page = all.slice(from, from + top);
  const { acceptedAt, by, dryRun } = remediation;
  return {
    id,
    state: stateOf(remediation.complete, cancelled !== null, done === all.length, takenBack),
    acceptedAt,
    by,
    dryRun,
    cancelledAt: cancelled?.at ?? null,
    cancelledBy: cancelled?.by ?? null,
    counts: { networks: all.length, done, cancelled: takenBack },
    networks: await Promise.all(page.map((one) => told(records, remediation, one))),
    continuation: from + top < all.length ? String(from + top) : null,
  };
}

function stateOf(
  complete: boolean,
  cancelled: boolean,
  allDone: boolean,
  takenBack: number,
): 'selecting' | 'running' | 'done' | 'cancelled' {
  if (!complete && !cancelled) return 'selecting';
  if (!allDone) return 'running';
  return cancelled && (takenBack > 0 || !complete) ? 'cancelled' : 'done';
}

async function rowsOf({ remediations }: Records, partitionKey: string) {
  const parts: Part[] = [];
  let cancelled: Cancelled | null = null;
  for await (const row of remediations.list({ partitionKey })) {
    if (row.kind === 'network') parts.push(row);
    if (row.kind === 'cancelled') cancelled = row;
  }
  return { parts, cancelled };
}

/** A network that was taken back although a run had planned it before has not been cancelled: it is done, like the others. */
function endOf(
  { dryRun, complete, acceptedAt }: Remediation,
  cancellation: Cancelled | null,
  part: Part,
  record: NetworkRecord | null,
): { done: boolean; cancelled: boolean } {
  if (dryRun) return { done: part.planned !== null || complete || cancellation !== null, cancelled: false };
  const plannedAt = record?.plannedAt ?? '';
  const settled = plannedAt > acceptedAt && !['waiting', 'paused'].includes(record?.because ?? '');
  const { cancelledAt } = part;
  const cancelled = cancelledAt !== null && !(settled && plannedAt <= cancelledAt);
  return { done: settled || cancelled, cancelled };
}

/** So many networks of a subscription are asked for one by one; for more its whole partition is read. */
const fewNetworks = 20;

async function recordsOf(records: Records, parts: readonly Part[]): Promise<ReadonlyMap<string, NetworkRecord>> {
  const known = new Map<string, NetworkRecord>();
  const ids = parts.map(({ networkId }) => networkId);
  for (const [partitionKey, some] of Map.groupBy(ids, (one) => requireResourceId(one).subscriptionId)) {
    if (some.length > fewNetworks) {
      for await (const record of records.networks.list({ partitionKey })) known.set(record.id.toLowerCase(), record);
      continue;
    }
    const found = await Promise.all(some.map((one) => records.networks.get(...networkKey(one))));
    for (const record of found) if (record) known.set(record.id.toLowerCase(), record);
  }
  return known;
}

async function told(records: Records, { dryRun, acceptedAt }: Remediation, { part, record, done, cancelled }: Known) {
  const { networkId: id, planned } = part;
  const { state, because, until, drifts, plan, problem } = planned ?? (dryRun ? null : record) ?? emptyRecord(id);
  const steps = [];
  if (!dryRun) {
    const since = { partitionKey: historyPartition(id), filter: odata`RowKey gt ${acceptedAt}` };
    for await (const { run: _, resourceId: __, ...step } of records.steps.list(since)) steps.push(step);
  }
  return { id, done, cancelled, state, because, until, drifts, plan, problem, steps };
}
