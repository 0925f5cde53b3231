import { odata } from '@azure/data-tables';
import type { HttpResponseInit } from '@azure/functions';
import type { NetworkRecord } from '../shared/records/network-record.ts';
import { newSummary } from '../shared/report/summarize.ts';
import { requireResourceId } from '../shared/resource-id.ts';
import { csvResponse, wantsCsv } from './api/csv.ts';
import { getReport } from './api/operations.ts';
import { type Access, type Call, serve } from './api/serve.ts';

/** `GET /api/report`: the estate summed up as JSON, or as CSV every network of it. */
async function report({ query, headers, work }: Call<typeof getReport>): Promise<HttpResponseInit> {
  const { subscription, format } = query;
  const filter = subscription ? odata`PartitionKey eq ${subscription}` : '';
  const all = work.records.networks.list({ filter });
  if (wantsCsv(format, headers.get('accept')))
    return csvResponse('flowkeeper-networks.csv', columns, rowsOf(all), headers.get('accept-encoding'));
  const summary = newSummary();
  for await (const record of all) summary.add(record);
  const current = await work.policies.current();
  const policy = current && { etag: current.etag, hash: current.hash, mode: current.policy.mode };
  return { status: 200, jsonBody: { policy, ...summary.result() } };
}

const columns = [
  'id',
  'name',
  'subscriptionId',
  'resourceGroup',
  'location',
  'state',
  'because',
  'until',
  'reason',
  'drifts',
  'problem',
  'message',
  'flowLogId',
  'enabled',
  'trafficAnalytics',
  'storageAccountId',
  'identityId',
  'policyHash',
  'checkedAt',
  'changedAt',
];

async function* rowsOf(records: AsyncIterable<NetworkRecord>) {
  for await (const record of records) yield rowOf(record);
}

function rowOf(record: NetworkRecord) {
  const { id, location, state, because, until, reason, drifts, problem, flowLogId, logging } = record;
  const { storageAccountId, identityId, policyHash, checkedAt, changedAt } = record;
  const { subscriptionId, resourceGroup, names } = requireResourceId(id);
  return [
    id,
    names[0],
    subscriptionId,
    resourceGroup,
    location,
    state,
    because,
    until,
    reason,
    drifts.map(({ check }) => check).join(' '),
    problem?.code ?? null,
    problem?.message ?? null,
    flowLogId,
    logging?.enabled ?? null,
    logging?.trafficAnalytics ?? null,
    storageAccountId,
    identityId,
    policyHash,
    checkedAt,
    changedAt,
  ];
}

export function registerReport(access: Access): void {
  serve(getReport, access, report);
}
