import type { HttpResponseInit } from '@azure/functions';
import { notePolicy } from '../shared/work/note-policy.ts';
import { validatePolicy } from '../shared/work/validate-policy.ts';
import { weighPolicy } from '../shared/work/weigh-policy.ts';
import { getPolicy, getPolicyVersion, putPolicy, validatePolicyDocument } from './api/operations.ts';
import { type Access, type Call, serve } from './api/serve.ts';
import { approvalOf } from './policy-approval-http.ts';
import { shownVersion, statedVersion } from './policy-versions.ts';
import { problemResponse } from './problem-response.ts';
import { startSweep } from './start-sweep.ts';

/** `GET /api/policy`: the document in force, as it was uploaded, with a link to what is told of a newer one that waits. */
async function showPolicy({ work }: Call<typeof getPolicy>): Promise<HttpResponseInit> {
  const current = await work.policies.current();
  if (!current)
    return problemResponse(
      404,
      'There is no policy yet',
      [],
      'PUT one to /api/policy; until then nothing is written anywhere.',
    );
  const link = current.pending ? { link: '</api/policy/approval>; rel="pending"' } : {};
  const headers = { 'content-type': 'application/json', etag: shownVersion(current), ...link };
  return { status: 200, headers, body: current.text };
}

/** `GET /api/policy/versions/{hash}`: the document that evidence names, also years after it was replaced. */
async function showVersion({ params, work }: Call<typeof getPolicyVersion>): Promise<HttpResponseInit> {
  const text = await work.policies.text(params.hash);
  if (text === null)
    return problemResponse(404, 'No policy with this hash was ever in force', [], 'GET /api/changes names the hashes.');
  return { status: 200, headers: { 'content-type': 'application/json' }, body: text };
}

/**
 * `PUT /api/policy`: a new document, with `If-Match` against overwriting another person's. It is swept at once, unless it
 * changes so many compliant networks that it waits for approval.
 */
async function replacePolicy({
  body,
  headers,
  caller,
  work,
  client,
}: Call<typeof putPolicy>): Promise<HttpResponseInit> {
  const ifMatch = headers.get('if-match');
  const ifNoneMatch = headers.get('if-none-match');
  const before = await work.policies.current();
  const saved = await work.policies.save(body, {
    ...(ifMatch ? { ifMatch: statedVersion(ifMatch) } : {}),
    ...(ifNoneMatch ? { ifNoneMatch } : {}),
  });
  switch (saved.kind) {
    case 'refused':
      return problemResponse(400, 'The policy was refused; the one before stays in force', saved.problems);
    case 'stale':
      return problemResponse(
        412,
        'The policy is another by now',
        [],
        'GET /api/policy, look at what changed, and send it again with its ETag in If-Match.',
      );
    case 'saved': {
      const { etag, created, policy } = saved;
      work.log.info({ etag, mode: policy.mode, by: caller.objectId }, 'policy accepted');
      const former = before && { etag: before.etag, mode: before.policy.mode };
      await notePolicy(work, caller.objectId, 'policy stated', former, { etag, mode: policy.mode });
      // Where Resource Graph refuses, the watchdog weighs it.
      await weighPolicy(work).catch((error: unknown) => work.log.error({ error: String(error) }, 'policy not weighed'));
      const current = await work.policies.current();
      if (current?.pending?.etag === etag) return { status: 202, headers: { etag }, jsonBody: approvalOf(current) };
      await startSweep(work, client);
      return { status: created ? 201 : 200, headers: { etag }, jsonBody: body };
    }
  }
}

/** `POST /api/policy/validate`: what is wrong with a document, and what it would leave uncovered; nothing is put in force. */
async function judgePolicy({ body, work }: Call<typeof validatePolicyDocument>): Promise<HttpResponseInit> {
  return { status: 200, jsonBody: await validatePolicy(work, body) };
}

export function registerPolicy(access: Access): void {
  serve(getPolicy, access, showPolicy);
  serve(getPolicyVersion, access, showVersion);
  serve(putPolicy, access, replacePolicy);
  serve(validatePolicyDocument, access, judgePolicy);
}
