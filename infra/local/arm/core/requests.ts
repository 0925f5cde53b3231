import { evidenceOf, type Grant } from './authorize.ts';
import type { ArmRequest } from './exchange.ts';
import type { Origin } from './operation.ts';
import type { World } from './world.ts';

/** The id that joins everything that one call of a client caused; the client may give it. */
function correlationIdOf(world: World, request: ArmRequest): string {
  return request.headers['x-ms-correlation-request-id'] ?? world.newGuid();
}

/** What an event will tell about this request. `existed` = the resource was there, so the request itself is included. */
export function originOf(world: World, request: ArmRequest, grant: Grant, existed: boolean): Origin {
  const httpRequest = {
    clientRequestId: request.headers['x-ms-client-request-id'] ?? world.newGuid(),
    clientIpAddress: '127.0.0.1',
    method: request.method,
    url: `${world.endpoint}${request.path}?${request.query}`,
  };
  return {
    principalId: request.caller.principalId,
    claims: request.caller.claims,
    correlationId: correlationIdOf(world, request),
    evidence: evidenceOf(world, request.caller.principalId, grant),
    httpRequest: existed ? httpRequest : undefined,
  };
}
