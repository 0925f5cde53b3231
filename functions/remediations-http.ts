import type { HttpResponseInit } from '@azure/functions';
import { cancelRemediation } from '../shared/work/cancel-remediation.ts';
import { remediationProgress } from '../shared/work/remediation-progress.ts';
import { acceptRemediation, outOfScope } from './accept-remediation.ts';
import { deleteRemediation, getRemediation, postRemediation } from './api/operations.ts';
import { idempotencyKey } from './api/requests.ts';
import { type Access, type Call, serve } from './api/serve.ts';
import { problemResponse } from './problem-response.ts';

/** `POST /api/remediations`: look at these networks now, or plan what looking at them would come to. */
async function accept({
  body: request,
  headers,
  caller,
  work,
  client,
}: Call<typeof postRemediation>): Promise<HttpResponseInit> {
  const key = headers.get('idempotency-key');
  const readKey = idempotencyKey.nullable().safeParse(key);
  if (!readKey.success)
    return problemResponse(400, 'The request was refused', [
      { path: 'Idempotency-Key', message: 'A key has 1 to 255 printable characters.' },
    ]);
  const current = await work.policies.current();
  if (!current) return problemResponse(409, 'There is no policy yet', [], 'PUT one to /api/policy first.');
  const foreign = outOfScope(current.policy, request);
  if (foreign.length > 0) return problemResponse(400, 'The request was refused', foreign);

  const accepted = await acceptRemediation(work, client, { request, by: caller.objectId, key: readKey.data });
  if (accepted.kind === 'keyTaken')
    return problemResponse(422, 'This idempotency key stands for another request', [], 'Send a new key.');
  const { id, acceptedAt } = accepted;
  const { mode } = current.policy;
  const networks = request.networks ? new Set(request.networks.map((one) => one.toLowerCase())).size : null;
  return {
    status: 202,
    headers: { location: `/api/remediations/${id}` },
    jsonBody: { id, acceptedAt, dryRun: request.dryRun, networks, mode, note: noteOf(request.dryRun, mode) },
  };
}

function noteOf(dryRun: boolean, mode: 'audit' | 'enforce' | 'off'): string | null {
  if (dryRun) return 'A dry run: networks are planned, and nothing is written.';
  if (mode === 'off') return 'The policy is off: nothing is looked at, and nothing is written.';
  return mode === 'audit' ? 'The policy is in audit: networks are planned, and nothing is written.' : null;
}

/** `GET /api/remediations/{id}`: how far it is, network by network. */
async function show({ params: { id }, query, work }: Call<typeof getRemediation>): Promise<HttpResponseInit> {
  const { top, continuation } = query;
  const progress = await remediationProgress(work.records, id, { top, from: continuation });
  return progress ? { status: 200, jsonBody: progress } : unknown;
}

const unknown = problemResponse(
  404,
  'There is no such remediation',
  [],
  'Its address is the Location that POST answered.',
);

/** `DELETE /api/remediations/{id}`: what has not begun does not begin. */
async function cancel({
  params: { id },
  query,
  caller,
  work,
}: Call<typeof deleteRemediation>): Promise<HttpResponseInit> {
  if (!(await cancelRemediation(work, id, caller.objectId))) return unknown;
  const { top, continuation } = query;
  return { status: 200, jsonBody: await remediationProgress(work.records, id, { top, from: continuation }) };
}

export function registerRemediations(access: Access): void {
  serve(postRemediation, access, accept);
  serve(getRemediation, access, show);
  serve(deleteRemediation, access, cancel);
}
