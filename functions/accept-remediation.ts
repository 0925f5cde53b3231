import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { DurableClient } from 'durable-functions';
import { v4 as uuidv4, v5 as uuidv5 } from 'uuid';
import { coverageOf } from '../shared/decide/coverage.ts';
import { enqueue } from '../shared/inbox/enqueue.ts';
import type { WorkRequest } from '../shared/inbox/merge-request.ts';
import type { Policy } from '../shared/policy/document.ts';
import type { Selection } from '../shared/records/selection.ts';
import { networkRow, type RemediationNote } from '../shared/records/stories.ts';
import { requireResourceId } from '../shared/resource-id.ts';
import type { Violation } from '../shared/violations.ts';
import type { WorkContext } from '../shared/work/work-context.ts';
import type { RemediationRequest } from './api/requests.ts';
import { started } from './durable-runs.ts';

export type Acceptance = {
  readonly request: RemediationRequest;
  /** The object id of who asks. */
  readonly by: string | null;
  /** The same key of the same caller is the same remediation. */
  readonly key: string | null;
};

export type Accepted =
  | { readonly kind: 'accepted'; readonly id: string; readonly acceptedAt: string }
  /** The key stands for another request. */
  | { readonly kind: 'keyTaken' };

/** So many networks are a person's own matter; more make way for events. */
const singleRequests = 20;

/**
 * Writes down what was asked for, and puts it to work: ids go straight to the inbox, a filter and a dry run are worked
 * through a page at a time. A repeat under the same key goes on where the first one died, and asks for nothing twice.
 */
export async function acceptRemediation(
  work: WorkContext,
  client: DurableClient,
  { request, by, key }: Acceptance,
): Promise<Accepted> {
  const { remediations } = work.records;
  const id = key === null ? uuidv4() : uuidv5(`${by ?? ''}|${key}`, uuidv5.URL);
  const asked = {
    kind: 'remediation' as const,
    id,
    acceptedAt: work.now().toISOString(),
    by,
    request: noteOf(request),
    dryRun: request.dryRun,
    complete: false,
  };
  const isNew = await remediations.add(id, 'remediation', asked);
  const known = isNew ? asked : await remediations.get(id, 'remediation');
  if (known?.kind !== 'remediation') throw new Error(`The remediation ${id} was taken away while it was accepted.`);
  if (!isDeepStrictEqual(known.request, asked.request)) return { kind: 'keyTaken' };
  const accepted: Accepted = { kind: 'accepted', id, acceptedAt: known.acceptedAt };
  if (known.complete) return accepted;

  const networks = unique(request.networks ?? []);
  await remediations.putAll(
    id,
    networks.map((one) => networkRow(one, null)),
  );
  if (request.dryRun || request.filter) {
    await started(client, 'remediateSelection', `remediation-${id}`, selectionOf(id, request));
  } else {
    await enqueueNetworks(work, id, by, networks);
    await remediations.put(id, 'remediation', { ...known, complete: true });
  }
  return accepted;
}

/** What is kept of a request: a thousand ids are more than a row takes, and each network has a row of its own. */
function noteOf({ networks, filter, dryRun }: RemediationRequest): RemediationNote {
  const digest = createHash('sha256')
    .update(JSON.stringify([networks, filter, dryRun]))
    .digest('base64url');
  return { networks: networks?.length ?? null, filter: filter ?? null, digest };
}

function selectionOf(remediationId: string, { dryRun, filter }: RemediationRequest): Selection {
  if (dryRun) return { kind: 'dryRun', remediationId, filter: filter ?? null };
  return { kind: 'remediation', remediationId, filter: filter ?? {} };
}

async function enqueueNetworks(
  work: WorkContext,
  id: string,
  by: string | null,
  networks: readonly string[],
): Promise<void> {
  const reason = networks.length <= singleRequests ? 'manual' : 'bulk';
  for (const [subscriptionId, ids] of Map.groupBy(networks, (one) => requireResourceId(one).subscriptionId)) {
    const requests = ids.map(
      (one): WorkRequest => ({
        target: { kind: 'network', id: one },
        reason,
        correlationId: id,
        ...(by ? { by } : {}),
      }),
    );
    await enqueue(work.port, { kind: 'subscription', subscriptionId }, requests, work.now(), 0);
    work.log.info({ reason, count: ids.length, subscriptionId, remediationId: id, by }, 'remediation accepted');
  }
}

/** What of a request lies outside the policy's scope, as far as ids tell: asking for it would come to nothing. Pure. */
export function outOfScope(policy: Policy, { networks = [], filter }: RemediationRequest): Violation[] {
  const named = [
    ...networks.map((id, index) => [`networks[${index}]`, requireResourceId(id).subscriptionId] as const),
    ...(filter?.subscriptions ?? []).map((id, index) => [`filter.subscriptions[${index}]`, id] as const),
  ];
  return named
    .filter(([, subscriptionId]) => coverageOf(policy, subscriptionId, null) === 'out')
    .map(([path, id]) => ({ path, message: `The policy's scope does not cover the subscription ${id}.` }));
}

function unique(ids: readonly string[]): string[] {
  return [...new Map(ids.map((one) => [one.toLowerCase(), one])).values()];
}
