import type { HttpResponseInit } from '@azure/functions';
import { validatePolicy } from '../shared/work/validate-policy.ts';
import { getPolicy, putPolicy, validatePolicyDocument } from './api/operations.ts';
import { type Access, type Call, serve } from './api/serve.ts';
import { problemResponse } from './problem-response.ts';
import { startSweep } from './start-sweep.ts';

/** `GET /api/policy`: the document in force, as it was uploaded. */
async function showPolicy({ work }: Call<typeof getPolicy>): Promise<HttpResponseInit> {
  const current = await work.policies.current();
  if (!current)
    return problemResponse(
      404,
      'There is no policy yet',
      [],
      'PUT one to /api/policy; until then nothing is written anywhere.',
    );
  return { status: 200, headers: { 'content-type': 'application/json', etag: current.etag }, body: current.text };
}

/** `PUT /api/policy`: a new document, with `If-Match` against overwriting another person's. It is swept at once. */
async function replacePolicy({
  body,
  headers,
  caller,
  work,
  client,
}: Call<typeof putPolicy>): Promise<HttpResponseInit> {
  const ifMatch = headers.get('if-match');
  const ifNoneMatch = headers.get('if-none-match');
  const saved = await work.policies.save(body, {
    ...(ifMatch ? { ifMatch } : {}),
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
  serve(putPolicy, access, replacePolicy);
  serve(validatePolicyDocument, access, judgePolicy);
}
