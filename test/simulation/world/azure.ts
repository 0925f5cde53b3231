import type { TokenCredential } from '@azure/core-auth';
import { createHttpHeaders, type HttpClient, type PipelineRequest, RestError } from '@azure/core-rest-pipeline';
import { createActions } from '../../../infra/local/arm/actions.ts';
import type { ArmRequest, ArmResponse, Caller } from '../../../infra/local/arm/core/exchange.ts';
import { type Json, objectOf } from '../../../infra/local/arm/core/json.ts';
import { endDueOperations, nextDueAt } from '../../../infra/local/arm/core/operations.ts';
import type { ResourceBody } from '../../../infra/local/arm/core/resource-type.ts';
import { localTimes, recordedTimes, type Times } from '../../../infra/local/arm/core/times.ts';
import { createWorld } from '../../../infra/local/arm/create-world.ts';
import { loadRoles } from '../../../infra/local/arm/custom-roles.ts';
import { pathOf } from '../../../infra/local/arm/server/arm-listener.ts';
import { type Fault, type Faults, faultSchema } from '../../../infra/local/arm/server/faults.ts';
import { createFront } from '../../../infra/local/arm/server/front.ts';
import { createThrottle } from '../../../infra/local/arm/server/throttle.ts';
import { app, type Plan } from './estate.ts';
import type { Gates, Incarnation } from './gates.ts';
import { currentInvocation, type Invocation } from './invocation.ts';
import { keepPasts } from './pasts.ts';
import { guidOf, type Random } from './random.ts';
import type { Timeline } from './timeline.ts';

export const armEndpoint = 'https://management.azure.com';

/** A request that reached ARM, the resource as it was before, and the answer. */
export type Served = {
  readonly request: ArmRequest;
  readonly before: ResourceBody | null;
  readonly response: ArmResponse;
  /** Answered with what was there some seconds ago. */
  readonly stale: boolean;
  /** The invocation of the product that asked; null for a person or another tool. */
  readonly by: Invocation | null;
};

export type Azure = ReturnType<typeof createAzure>;

type AzureOptions = {
  readonly plan: Plan;
  /** How long Azure takes; left out, the seed says. */
  readonly times: Times | undefined;
  readonly seed: number;
  readonly random: Random;
  readonly timeline: Timeline;
  readonly gates: Gates;
  readonly onServed: (served: Served) => void;
  /** Told of each host that is sent a token. */
  readonly onToken: (host: string) => void;
  /** Called whenever something may have happened of itself: operations end, and their events are raised. */
  readonly onChange: () => void;
};

const roles = loadRoles();
/** The ARM simulator in this process, as the SDK's `HttpClient` and as its people reach it. */
export function createAzure({ plan, times, seed, random, timeline, gates, onServed, onToken, onChange }: AzureOptions) {
  let guids = 0;
  const world = createWorld({
    clock: timeline,
    tenant: plan.estate,
    estate: plan.estate,
    endpoint: armEndpoint,
    times: times ?? (random('times') < 0.3 ? recordedTimes : localTimes),
    seed,
    newGuid: () => guidOf(random, `guid ${guids++}`),
    roles,
    switches: {
      roleMissingAtPut: random('roleMissingAtPut') < 0.3 ? 'fail' : 'accept',
      deletedVnet: random('deletedVnet') < 0.3 ? 'takeFlowLog' : 'leaveFlowLog',
      parallelCreates: random('parallelCreates') < 0.2 ? 'sporadic500' : 'accept',
      repeatedRoleAssignment: random('repeatedRoleAssignment') < 0.3 ? 'exists' : 'accept',
      graphStalenessSeconds: random('graphStaleness') < 0.3 ? 60 : 0,
      eventDelaySeconds: 2,
    },
  });
  let scripted: Fault | undefined;
  const pasts = keepPasts(world.store, timeline.now);
  const faults: Faults = {
    ...noFaults,
    hit: () => scripted,
    past: ({ stale }) => (stale ? pasts.drawn(random(`past at ${timeline.now()}`)) : undefined),
  };
  const handle = createFront(world, createActions(), createThrottle(timeline), faults);
  let stopAlarm = () => {};

  function wake(): void {
    stopAlarm();
    pasts.keep();
    endDueOperations(world);
    world.store.commit();
    onChange();
    const next = nextDueAt(world);
    if (next !== null && Number.isFinite(next)) stopAlarm = timeline.at(next, wake);
  }

  function serve(request: ArmRequest, by: Invocation | null, fault?: Partial<Fault>): ArmResponse {
    pasts.keep();
    const before = world.store.get(request.path)?.body ?? null;
    scripted = fault && { ...faultSchema.parse({ path: '.' }), id: 'scripted', used: 0, ...fault };
    const { response } = handle(request);
    scripted = undefined;
    if (!response) throw new Error('The simulation loses answers itself.');
    onServed({ request, before, response, stale: fault?.stale === true, by });
    wake();
    return response;
  }

  return {
    world,

    /** What a person or another tool asks of ARM, at once. */
    send(caller: Omit<Caller, 'claims'>, method: string, path: string, apiVersion: string, body?: Json): ArmResponse {
      const query = new URLSearchParams({ 'api-version': apiVersion });
      return serve({ method, path, query, headers: {}, body, caller: { ...caller, claims: {} } }, null);
    },

    /** ARM as one process of the app reaches it: every request is a gate. */
    clientOf(by: Incarnation): HttpClient {
      return {
        async sendRequest(request) {
          const { host } = new URL(request.url);
          if (request.headers.has('authorization')) onToken(host);
          if (host !== new URL(armEndpoint).host) return noAnswer(request);
          const asked = askedBy(request);
          const invocation = currentInvocation.getStore() ?? null;
          const answer = (fault?: Partial<Fault>) => responseOf(request, serve(asked, invocation, fault));
          const lost = () => noAnswer(request);
          return gates.pass({
            name: `arm ${asked.method} ${asked.path}`,
            by,
            open: () => answer(),
            faults: {
              'request lost': lost,
              'answer lost': () => {
                answer();
                return lost();
              },
              'throttled (429)': () => answer({ status: 429, code: 'TooManyRequests', retryAfterSeconds: 7 }),
              'failed (500)': () => answer({ status: 500, code: 'InternalServerError' }),
              'unavailable (503)': () => answer({ status: 503, code: 'ServerTimeout' }),
              ...(isRead(asked) && { 'answered with the past': () => answer({ stale: true }) }),
              ...(leadsOn(asked) && {
                'names a foreign host': () => responseOf(request, leadingAstray(serve(asked, invocation))),
              }),
              ...(asked.method === 'PUT' && {
                'operation failed': () =>
                  answer({ operation: { code: 'InternalServerError', message: 'The operation was made to fail.' } }),
              }),
            },
          });
        },
      };
    },
  };
}

/** Resource Graph is asked with a POST. */
function isRead({ method, path }: ArmRequest): boolean {
  return method === 'GET' || (method === 'POST' && /\/Microsoft\.ResourceGraph\//i.test(path));
}

/** Whether the answer may name an address to go on at: of an operation, its polls, or a list. */
function leadsOn({ method, path }: ArmRequest): boolean {
  if (method !== 'GET') return /\/flowLogs\//i.test(path);
  return /\/(flowLogs|networkWatchers|virtualNetworks|roleAssignments)$|\/operation(s|results)\//i.test(path);
}

const noFaults: Omit<Faults, 'hit' | 'past'> = {
  add: () => {
    throw new Error('The seed decides what goes wrong.');
  },
  list: () => [],
  remove: () => false,
  clear: () => {},
};

/** A token of the simulated tenant: it says who it is, and is good for ever. */
export const credential: TokenCredential = {
  getToken: async () => ({ token: app.clientId, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
};

function askedBy({ url, method, headers, body }: PipelineRequest): ArmRequest {
  const address = new URL(url);
  return {
    method,
    path: pathOf(address),
    query: address.searchParams,
    headers: headers.toJSON(),
    body: typeof body === 'string' && body !== '' ? JSON.parse(body) : undefined,
    caller: { principalId: app.principalId, clientId: app.clientId, claims: {} },
  };
}

function responseOf(request: PipelineRequest, { status, headers, body }: ArmResponse) {
  return {
    request,
    status,
    headers: createHttpHeaders(headers),
    bodyAsText: body === undefined ? '' : JSON.stringify(body),
  };
}

/** The answer with every address to go on at replaced by one of somebody else's. A list always has such a next page. */
function leadingAstray({ status, headers, body }: ArmResponse): ArmResponse {
  const isLink = (name: string) => ['location', 'azure-asyncoperation'].includes(name.toLowerCase());
  const astray = Object.entries(headers).map(([name, value]) => [name, isLink(name) ? foreign : value]);
  const isList = Array.isArray(objectOf(body).value);
  return {
    status,
    headers: Object.fromEntries(astray),
    body: isList ? { ...objectOf(body), nextLink: foreign } : body,
  };
}

const foreign = 'https://management.azure.com.example/next?api-version=2025-05-01';

function noAnswer(request: PipelineRequest): never {
  throw new RestError('socket hang up', { code: RestError.REQUEST_SEND_ERROR, request });
}
