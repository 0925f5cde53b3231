import type { HttpResponseInit } from '@azure/functions';
import type { z } from 'zod';
import type { CurrentPolicy } from '../shared/policy/ruling.ts';
import { notePolicy } from '../shared/work/note-policy.ts';
import type { approvalAnswer } from './api/answers.ts';
import { approvePolicy, getPolicyApproval } from './api/operations.ts';
import { type Access, type Call, serve } from './api/serve.ts';
import { problemResponse } from './problem-response.ts';
import { startSweep } from './start-sweep.ts';

/** What is told of the document that was stated last: whether it waits, and what it would change. */
export function approvalOf({ etag, pending, refused, approved }: CurrentPolicy): z.output<typeof approvalAnswer> {
  return {
    state: pending ? (pending.weight ? 'waits' : 'weighing') : refused ? 'refused' : 'inForce',
    inForce: etag,
    approved,
    etag: pending?.etag ?? null,
    approveAbove: pending?.approveAbove ?? null,
    networks: pending?.weight?.networks ?? null,
    fields: pending?.weight?.fields ?? null,
    problems: [...(refused ?? [])],
    document: pending ? JSON.parse(pending.text) : null,
  };
}

/** `GET /api/policy/approval`: the document that waits for approval, and how many compliant networks it would change. */
async function showApproval({ work }: Call<typeof getPolicyApproval>): Promise<HttpResponseInit> {
  const current = await work.policies.current();
  return current
    ? { status: 200, jsonBody: approvalOf(current) }
    : problemResponse(404, 'There is no policy yet', [], 'PUT one to /api/policy.');
}

/** `POST /api/policy/approve`: puts the document of this version in force, and sweeps it at once. */
async function approve({ body, caller, work, client }: Call<typeof approvePolicy>): Promise<HttpResponseInit> {
  const { etag } = body;
  const by = caller.objectId;
  const before = await work.policies.current();
  const approved = await work.policies.approve(etag, by, work.now().toISOString());
  const look = 'GET /api/policy/approval, look at what it would change, and approve that version.';
  if (approved === 'nothingWaits') return problemResponse(409, 'No policy waits for approval', [], look);
  if (approved === 'stale') return problemResponse(412, 'Another policy waits by now', [], look);
  work.log.info({ policyEtag: etag, by }, 'policy approved');
  const current = await work.policies.current();
  const versionOf = (one: CurrentPolicy | null) => one && { etag: one.etag, mode: one.policy.mode };
  const after = versionOf(current);
  if (after) await notePolicy(work, by, 'policy approved', versionOf(before), after);
  await startSweep(work, client);
  return { status: 200, headers: { etag }, jsonBody: current && approvalOf(current) };
}

export function registerPolicyApproval(access: Access): void {
  serve(getPolicyApproval, access, showApproval);
  serve(approvePolicy, access, approve);
}
