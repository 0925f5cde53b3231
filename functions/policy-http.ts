import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { app } from './composition.ts';
import { jsonBody } from './json-body.ts';
import { problemResponse } from './problem-response.ts';
import { startSweep } from './start-sweep.ts';
import { workContext } from './work-context.ts';

/** `GET /api/policy`: the document in force, as it was uploaded. */
async function getPolicy(): Promise<HttpResponseInit> {
  const current = await (await app()).policies.current();
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
async function putPolicy(
  request: HttpRequest,
  client: df.DurableClient,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const body = await jsonBody(request);
  if (!body.ok) return problemResponse(body.status, 'The policy was not read', [], body.why);
  const work = await workContext(context, client);
  const ifMatch = request.headers.get('if-match');
  const ifNoneMatch = request.headers.get('if-none-match');
  const saved = await work.policies.save(body.value, {
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
      work.log.info({ etag, mode: policy.mode }, 'policy accepted');
      await startSweep(work, client);
      return { status: created ? 201 : 200, headers: { etag }, jsonBody: body.value };
    }
  }
}

export function registerPolicy(): void {
  df.app.client.http('getPolicy', { methods: ['GET'], route: 'policy', authLevel: 'function', handler: getPolicy });
  df.app.client.http('putPolicy', { methods: ['PUT'], route: 'policy', authLevel: 'function', handler: putPolicy });
}
