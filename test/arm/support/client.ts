import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Json, type JsonObject, objectOf, stringOf } from '../../../infra/local/arm/core/json.ts';
import { owner } from './estate.ts';
import type { Simulator } from './simulator.ts';

/** An answer of the simulator; an empty body reads as `{}`. */
export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: JsonObject;
  readonly code: string | undefined;
};

export const versions = {
  network: '2026-01-01',
  identity: '2024-11-30',
  authorization: '2022-04-01',
  storage: '2026-09-01',
  resources: '2025-04-01',
  locks: '2020-05-01',
  events: '2025-02-15',
  graph: '2024-04-01',
};

/** A client that talks to the simulator with plain requests, as one of the estate's principals. */
export type Client = ReturnType<typeof createClient>;

export function createClient(simulator: Simulator, principal: { readonly clientId: string } = owner) {
  let token: Promise<string> | undefined;

  async function send(
    method: string,
    path: string,
    body?: Json,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    token ??= tokenOf(simulator, principal.clientId);
    const url = path.startsWith('https://') ? path : `${simulator.armEndpoint}${withVersion(path)}`;
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${await token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? undefined : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const read = objectOf(text === '' ? {} : (JSON.parse(text) as Json));
    return {
      status: response.status,
      headers: response.headers,
      body: read,
      code: stringOf(objectOf(read.error).code),
    };
  }

  /** Polls the operation of an answer to its end. Returns the last poll's body. */
  async function finish(answer: Answer): Promise<JsonObject> {
    const url = answer.headers.get('azure-asyncoperation') ?? '';
    if (url === '') throw new Error(`No operation to watch: ${answer.status} ${JSON.stringify(answer.body)}`);
    for (;;) {
      const { body } = await send('GET', url);
      if (body.status !== 'InProgress') return body;
      await sleep(50);
    }
  }

  /** Writes a resource, waits for its operation and reads it. */
  async function put(path: string, body: Json): Promise<JsonObject> {
    const answer = await send('PUT', path, body);
    if (answer.status >= 300) throw new Error(`PUT ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    if (answer.headers.has('azure-asyncoperation')) await finish(answer);
    return (await send('GET', path)).body;
  }

  return { send, finish, put, get: (path: string) => send('GET', path) };
}

/** Polls until a value is there; fails with the description after ten seconds. */
export async function eventually<Value>(what: string, probe: () => Promise<Value | undefined>): Promise<Value> {
  const deadline = Date.now() + 90_000;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`Waited ninety seconds in vain until ${what}.`);
    await sleep(25);
  }
}

/** A token from the identity endpoint. */
export async function tokenOf(
  { identityEndpoint, identityHeader }: Simulator,
  clientId: string,
  resource = 'https://management.azure.com',
) {
  const query = new URLSearchParams({ resource, 'api-version': '2019-08-01', client_id: clientId });
  const response = await fetch(`${identityEndpoint}?${query}`, { headers: { 'X-IDENTITY-HEADER': identityHeader } });
  return z.object({ access_token: z.string() }).parse(await response.json()).access_token;
}

/** Sends a request to the control endpoint; answers the parsed body. */
export async function control({ controlUrl }: Simulator, method: string, path: string, body?: Json): Promise<Json> {
  const response = await fetch(`${controlUrl}${path}`, {
    method,
    ...(body === undefined ? undefined : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? null : (JSON.parse(text) as Json);
}

const versionsByNamespace: readonly (readonly [RegExp, string])[] = [
  [/\/microsoft\.network\//i, versions.network],
  [/\/microsoft\.managedidentity\//i, versions.identity],
  [/\/microsoft\.storage\//i, versions.storage],
  [/\/microsoft\.resourcegraph\//i, versions.graph],
];

function withVersion(path: string): string {
  if (path.includes('api-version=')) return path;
  const tail = path.slice(path.toLowerCase().lastIndexOf('/providers/'));
  const version = /\/locks(\/|$)/i.test(tail)
    ? versions.locks
    : /\/microsoft\.authorization\//i.test(tail)
      ? versions.authorization
      : /\/microsoft\.eventgrid\//i.test(tail)
        ? versions.events
        : (versionsByNamespace.find(([pattern]) => pattern.test(tail))?.[1] ?? versions.resources);
  return `${path}${path.includes('?') ? '&' : '?'}api-version=${version}`;
}
