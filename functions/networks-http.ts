import { odata } from '@azure/data-tables';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { app as functions } from '@azure/functions';
import { z } from 'zod';
import type { NetworkRecord } from '../shared/records/network-record.ts';
import { requireResourceId } from '../shared/resource-id.ts';
import { violationsOf } from '../shared/violations.ts';
import { app } from './composition.ts';
import { problemResponse } from './problem-response.ts';

const query = z.object({
  subscription: z.guid('A subscription id is a GUID.').optional(),
  top: z.coerce.number().int().min(1).max(1000).default(1000),
  continuation: z.string().optional(),
});

/** `GET /api/networks`: every known network, its state, and why nothing is being done where that is so. */
async function getNetworks(request: HttpRequest): Promise<HttpResponseInit> {
  const parsed = query.safeParse(Object.fromEntries(request.query));
  if (!parsed.success) {
    return problemResponse(400, 'The query was refused', violationsOf(parsed.error));
  }
  const { subscription, top, continuation } = parsed.data;
  const { records } = await app();
  const filter = subscription ? odata`PartitionKey eq ${subscription.toLowerCase()}` : undefined;
  const page = await records.networks.page(top, continuation ?? null, filter);
  return { status: 200, jsonBody: { networks: page.items.map(shown), continuation: page.continuation } };
}

/** A record as people see it. */
function shown(record: NetworkRecord) {
  const { resourceGuid: _, runId: __, plannedAt: ___, ...rest } = record;
  const { subscriptionId, resourceGroup, names } = requireResourceId(record.id);
  return { name: names[0], subscriptionId, resourceGroup, ...rest };
}

export function registerNetworks(): void {
  functions.http('getNetworks', { methods: ['GET'], route: 'networks', authLevel: 'function', handler: getNetworks });
}
