import { createHash } from 'node:crypto';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import type { z } from 'zod';
import { readWith } from '../../shared/violations.ts';
import type { WorkContext } from '../../shared/work/work-context.ts';
import { jsonBody } from '../json-body.ts';
import { problemResponse } from '../problem-response.ts';
import type { Settings } from '../settings.ts';
import { workContext } from '../work-context.ts';
import { type Caller, keyHolder, may, readPrincipal } from './access.ts';
import { nothing, type Operation } from './operation.ts';

/** How callers show who they are: with Entra ID the platform asks for a sign-in and no key; else the host asks for a function key. */
export type Access = Settings['access'];

/** A request that was let in and understood. */
export type Call<Of> =
  Of extends Operation<infer Params, infer Query, infer Body>
    ? Understood<z.output<Params>, z.output<Query>, z.output<Body>>
    : never;
type Understood<Params, Query, Body> = {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly headers: HttpRequest['headers'];
  readonly caller: Caller;
  readonly work: WorkContext;
  readonly client: df.DurableClient;
};

type Handler<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> = (
  call: Understood<z.output<Params>, z.output<Query>, z.output<Body>>,
) => Promise<HttpResponseInit>;

/**
 * Registers an operation. What every one of them does is done here: who calls, whether they may, every violation at once,
 * an ETag on what is read, and a failure that is told as a problem.
 */
export function serve<Params extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType>(
  operation: Operation<Params, Query, Body>,
  access: Access,
  handle: Handler<Params, Query, Body>,
): void {
  const { id, method, path } = operation;
  df.app.client.http(id, {
    methods: [method],
    route: path,
    authLevel: access === 'entraId' ? 'anonymous' : 'function',
    handler: async (request, client, context) => {
      try {
        const answer = await answerTo(operation, access, handle, request, client, context);
        return method === 'GET' ? conditional(request, answer) : answer;
      } catch (error) {
        context.error(error);
        const detail = `Look in the log for the invocation ${context.invocationId}, and try again.`;
        return problemResponse(500, 'Flowkeeper failed', [], detail);
      }
    },
  });
}

async function answerTo<Params extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType>(
  operation: Operation<Params, Query, Body>,
  access: Access,
  handle: Handler<Params, Query, Body>,
  request: HttpRequest,
  client: df.DurableClient,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const identified =
    access === 'entraId'
      ? readPrincipal(request.headers.get('x-ms-client-principal'))
      : { kind: 'caller' as const, caller: keyHolder };
  if (identified.kind === 'unknown') return problemResponse(401, 'Who calls is not known', [], identified.why);
  const { caller } = identified;
  if (!may(caller, operation.role)) {
    const detail = `It takes the role ${operation.role}; assign it to the caller in the app registration.`;
    return problemResponse(403, 'The caller may not do this', [], detail);
  }

  const params = readWith(operation.params ?? nothing, request.params);
  const query = readWith(operation.query ?? nothing, queryOf(request));
  const body = operation.body ? await jsonBody(request) : { ok: true as const, value: null };
  if (!body.ok) return problemResponse(body.status, 'The body was not read', body.problems, body.why);
  const read = operation.body ? readWith(operation.body, body.value) : null;
  const problems = [params, query, read].flatMap((one) => (one && !one.ok ? one.problems : []));
  if (problems.length > 0 || !params.ok || !query.ok) return problemResponse(400, 'The request was refused', problems);

  const work = await workContext(context, client).catch((error: unknown) => {
    context.error(error);
    return null;
  });
  if (!work)
    return problemResponse(
      503,
      'Flowkeeper can not reach its own storage',
      [],
      'Try again; the log says what is wrong.',
    );
  return handle({
    params: params.value as z.output<Params>,
    query: query.value as z.output<Query>,
    body: (read?.ok ? read.value : null) as z.output<Body>,
    headers: request.headers,
    caller,
    work,
    client,
  });
}

/** The host hands on `code`, by which a key may be shown, like any other parameter. One that is given twice stays a list, and is refused. */
function queryOf(request: HttpRequest): Record<string, string | string[]> {
  const all = new URL(request.url).searchParams;
  const keys = [...new Set(all.keys())].filter((key) => key !== 'code' && key !== 'clientId');
  return Object.fromEntries(
    keys.map((key) => {
      const [first = '', ...more] = all.getAll(key);
      return [key, more.length === 0 ? first : [first, ...more]];
    }),
  );
}

/** What is read carries an ETag; who has it already gets nothing but that word (RFC 9110, 13.1.2). */
function conditional(request: HttpRequest, answer: HttpResponseInit): HttpResponseInit {
  if (answer.status !== 200) return answer;
  // Every answer is a text, bytes, or something for JSON.
  const body = (answer.body ?? JSON.stringify(answer.jsonBody)) as string | Uint8Array;
  const headers = new Headers(answer.headers as Record<string, string> | undefined);
  if (!headers.has('content-type')) headers.set('content-type', 'application/json');
  const etag = headers.get('etag') ?? `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  headers.set('etag', etag);
  const known = (request.headers.get('if-none-match') ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  if (known.includes(etag) || known.includes('*')) return { status: 304, headers: { etag } };
  return { status: 200, headers, body };
}
