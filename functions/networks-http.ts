import { odata } from '@azure/data-tables';
import type { HttpResponseInit } from '@azure/functions';
import { type NetworkRecord, networkKey } from '../shared/records/network-record.ts';
import type { Records } from '../shared/records/records.ts';
import type { HistoryRecord } from '../shared/records/stories.ts';
import { requireResourceId } from '../shared/resource-id.ts';
import { historyPartition } from '../shared/work/history-partition.ts';
import { toldOfRecord } from './api/answers.ts';
import { getNetwork, getNetworks } from './api/operations.ts';
import { type Access, type Call, serve } from './api/serve.ts';
import { problemResponse } from './problem-response.ts';

/** `GET /api/networks`: every known network, its state, and why nothing is being done where that is so. */
async function listNetworks({ query, work }: Call<typeof getNetworks>): Promise<HttpResponseInit> {
  const { top, continuation, drift } = query;
  const page = await work.records.networks.page(top, continuation ?? null, filterOf(query));
  if (!page) return unknownContinuation;
  const networks = page.items.filter(({ drifts }) => !drift || drifts.some(({ check }) => check === drift)).map(shown);
  return { status: 200, jsonBody: { networks, continuation: page.continuation } };
}

export const unknownContinuation = problemResponse(400, 'The request was refused', [
  { path: 'continuation', message: 'Not a continuation that was answered here.' },
]);

function filterOf({ subscription, location, state }: Call<typeof getNetworks>['query']): string {
  return [
    subscription ? odata`PartitionKey eq ${subscription}` : '',
    location ? odata`location eq ${location}` : '',
    state ? odata`state eq ${state}` : '',
  ]
    .filter((part) => part !== '')
    .join(' and ');
}

/** `GET /api/networks/{subscription}/{group}/{name}`: what is known of one network, and what was ever changed for it. */
async function showNetwork({
  params: { subscription, group, name },
  work: { records },
}: Call<typeof getNetwork>): Promise<HttpResponseInit> {
  const networkId = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/${name}`;
  const record = await records.networks.get(...networkKey(networkId));
  if (!record)
    return problemResponse(
      404,
      'This network is not known',
      [],
      'POST its id to /api/remediations to have it looked at.',
    );
  return { status: 200, jsonBody: { ...shown(record), history: await historyOf(records, networkId) } };
}

async function historyOf({ history }: Records, networkId: string): Promise<readonly HistoryRecord[]> {
  const changes: HistoryRecord[] = [];
  for await (const one of history.list({ partitionKey: historyPartition(networkId) })) changes.push(one);
  return changes.sort((one, other) => other.at.localeCompare(one.at));
}

/** A record as people see it. */
function shown(record: NetworkRecord) {
  const { subscriptionId, resourceGroup, names } = requireResourceId(record.id);
  return { name: names[0], subscriptionId, resourceGroup, ...toldOfRecord.parse(record) };
}

export function registerNetworks(access: Access): void {
  serve(getNetworks, access, listNetworks);
  serve(getNetwork, access, showNetwork);
}
