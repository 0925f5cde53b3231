import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { objectOf, stringOf } from '../core/json.ts';
import type { World } from '../core/world.ts';
import { identityOf } from '../resource-types/user-assigned-identities.ts';
import { sendJson } from './http.ts';
import type { Tokens } from './tokens.ts';

export const identityPath = '/msi/token';

/**
 * The managed identity endpoint of App Service (protocol 2019-08-01), for every principal of the estate and every
 * user-assigned identity: what `ManagedIdentityCredential` finds through IDENTITY_ENDPOINT and IDENTITY_HEADER.
 */
export function createIdentityEndpoint(world: World, tokens: Tokens, identityHeader: string): Server {
  return createServer((request, response) => {
    answer(world, tokens, identityHeader, request, response).catch(() =>
      sendJson(response, 500, problem('the token could not be made')),
    );
  });
}

async function answer(
  world: World,
  tokens: Tokens,
  identityHeader: string,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const resource = url.searchParams.get('resource') ?? '';
  if (url.pathname !== identityPath) return sendJson(response, 404, problem(`there is nothing at ${url.pathname}`));
  if (!isSame(request.headers['x-identity-header'], identityHeader))
    return sendJson(response, 401, problem('the header X-IDENTITY-HEADER is missing or wrong'));
  if (url.searchParams.get('api-version') !== '2019-08-01')
    return sendJson(response, 400, problem('the api-version must be 2019-08-01'));
  if (resource === '') return sendJson(response, 400, problem('the parameter resource is missing'));
  const principal = principalFor(world, url.searchParams);
  if (principal === undefined)
    return sendJson(response, 400, problem('no managed identity with this id is assigned; give its client_id'));
  const { token, expiresOn } = await tokens.issue(principal, resource);
  sendJson(response, 200, {
    access_token: token,
    expires_on: String(expiresOn),
    resource,
    token_type: 'Bearer',
    client_id: principal.clientId,
  });
}

/** The principal asked for by client id, object id or resource id; without any, the only one that there is. */
function principalFor(world: World, query: URLSearchParams) {
  const wanted = query.get('client_id') ?? query.get('object_id') ?? query.get('principal_id');
  const resourceId = query.get('mi_res_id') ?? query.get('msi_res_id');
  if (wanted === null && resourceId === null) return world.principals.length === 1 ? world.principals[0] : undefined;
  const known = world.principals.find(({ clientId, principalId }) =>
    [clientId, principalId].includes(wanted?.toLowerCase() ?? ''),
  );
  if (known !== undefined) return known;
  const identity = resourceId === null ? identityOf(world, wanted ?? '') : world.store.get(resourceId)?.body;
  const { principalId, clientId } = objectOf(identity?.properties);
  if (stringOf(principalId) === undefined) return undefined;
  return { principalId: String(principalId), clientId: String(clientId) };
}

function isSame(given: string | string[] | undefined, expected: string): boolean {
  const one = Buffer.from(String(given));
  const other = Buffer.from(expected);
  return one.length === other.length && timingSafeEqual(one, other);
}

function problem(message: string) {
  return { statusCode: 400, message: `The managed identity endpoint refuses: ${message}.` };
}
