import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { app as functions } from '@azure/functions';
import * as df from 'durable-functions';
import { v4 as uuid } from 'uuid';
import { z } from 'zod';
import { enqueue } from '../shared/inbox/enqueue.ts';
import { networkKey } from '../shared/records/network-record.ts';
import type { Selection } from '../shared/records/selection.ts';
import { isOfType, normalLocation, requireResourceId, resourceTypes } from '../shared/resource-id.ts';
import { violationsOf } from '../shared/violations.ts';
import type { WorkContext } from '../shared/work/work-context.ts';
import { app } from './composition.ts';
import { jsonBody } from './json-body.ts';
import { problemResponse } from './problem-response.ts';
import { remediationProgress } from './remediation-progress.ts';
import { workContext } from './work-context.ts';

const networkId = z
  .string()
  .refine((id) => isOfType(id, resourceTypes.network), 'Expected the resource id of a virtual network.');
const filter = z
  .strictObject({
    subscriptions: z.array(z.guid().transform((id) => id.toLowerCase())).optional(),
    locations: z.array(z.string().transform(normalLocation)).optional(),
    states: z.array(z.string()).optional(),
  })
  .refine((one) => Object.keys(one).length > 0, 'Name subscriptions, locations or states.');
const remediationRequest = z
  .strictObject({ networks: z.array(networkId).min(1).max(1000).optional(), filter: filter.optional() })
  .refine(
    ({ networks, filter }) => (networks === undefined) !== (filter === undefined),
    'Give either "networks": [resource ids] or "filter": { subscriptions, locations, states }.',
  );

/** So many networks are a person's own matter; more make way for events. */
const singleRequests = 20;

/** `POST /api/remediations`: look at these networks now. Ids go straight to the inbox; a filter is worked through a page at a time. */
async function postRemediation(
  request: HttpRequest,
  client: df.DurableClient,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const body = await jsonBody(request);
  if (!body.ok) return problemResponse(body.status, 'The request was not read', [], body.why);
  const parsed = remediationRequest.safeParse(body.value);
  if (!parsed.success) return problemResponse(400, 'The request was refused', violationsOf(parsed.error));

  const work = await workContext(context, client);
  const id = uuid();
  const acceptedAt = work.now().toISOString();
  const networks = unique(parsed.data.networks ?? []);
  await work.records.remediations.put(id, 'remediation', {
    kind: 'remediation',
    id,
    acceptedAt,
    by: request.headers.get('x-ms-client-principal-id'),
    request: parsed.data,
    complete: !parsed.data.filter,
  });
  for (const one of networks)
    await work.records.remediations.put(id, networkKey(one).join('|'), { kind: 'network', networkId: one });
  if (parsed.data.filter) {
    const selection: Selection = { kind: 'remediation', remediationId: id, filter: parsed.data.filter };
    await client.startNew('remediateSelection', { instanceId: `remediation-${id}`, input: selection });
  } else {
    await enqueueNetworks(work, id, networks);
  }
  return {
    status: 202,
    headers: { location: `/api/remediations/${id}` },
    jsonBody: { id, acceptedAt, networks: networks.length },
  };
}

async function enqueueNetworks(work: WorkContext, id: string, networks: readonly string[]): Promise<void> {
  const reason = networks.length <= singleRequests ? 'manual' : 'bulk';
  for (const [subscriptionId, ids] of Map.groupBy(networks, (one) => requireResourceId(one).subscriptionId)) {
    const lane = { kind: 'subscription' as const, subscriptionId };
    const requests = ids.map(
      (one) => ({ target: { kind: 'network' as const, id: one }, reason, correlationId: id }) as const,
    );
    await enqueue(work.port, lane, requests, work.now(), 0);
    work.log.info({ reason, count: ids.length, subscriptionId, remediationId: id }, 'remediation accepted');
  }
}

/** `GET /api/remediations/{id}`: how far it is, network by network. */
async function getRemediation(request: HttpRequest): Promise<HttpResponseInit> {
  const { records } = await app();
  const progress = await remediationProgress(records, request.params.id ?? '');
  return progress ? { status: 200, jsonBody: progress } : problemResponse(404, 'There is no such remediation');
}

function unique(ids: readonly string[]): string[] {
  return [...new Map(ids.map((one) => [one.toLowerCase(), one])).values()];
}

export function registerRemediations(): void {
  df.app.client.http('postRemediation', {
    methods: ['POST'],
    route: 'remediations',
    authLevel: 'function',
    handler: postRemediation,
  });
  functions.http('getRemediation', {
    methods: ['GET'],
    route: 'remediations/{id}',
    authLevel: 'function',
    handler: getRemediation,
  });
}
