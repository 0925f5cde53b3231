import { mayUseData } from '../core/authorize.ts';
import type { ErrorBody } from '../core/exchange.ts';
import type { ResourceBody } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { analyticsProblem } from './flow-log-analytics.ts';
import { identitiesOf } from './flow-log-identity.ts';

const writeBlobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write';

/** The flow log once its operation is done: the identities' ids are filled, `enabledFilteringCriteria` is always there. */
export function completeFlowLog(world: World, body: ResourceBody): ResourceBody | ErrorBody {
  const ids = identitiesOf(body);
  const missing = ids.find((id) => world.store.get(id) === undefined);
  if (missing !== undefined) return identityNotFound(body.id, missing);
  const mute = world.switches.roleMissingAtPut === 'fail' ? ids.find((id) => !mayWrite(world, id, body)) : undefined;
  if (mute !== undefined) return noBlobRole(mute, String(body.properties.storageId));
  const analytics = analyticsProblem(world, body);
  if (analytics !== undefined) return analytics;
  const { recordTypes, enabledFilteringCriteria, ...properties } = body.properties;
  const filters = { enabledFilteringCriteria: enabledFilteringCriteria ?? '', recordTypes };
  const identity = ids.length === 0 ? body.identity : filled(world, body, ids);
  return { ...body, properties: { ...properties, ...filters }, identity };
}

/** Azure's refusal of a resource whose identity does not exist (seen in public issues). */
export function identityNotFound(resourceId: string, identityId: string): ErrorBody {
  const inner = JSON.stringify({ error: { code: 'BadRequest', message: `Resource '${identityId}' was not found.` } });
  const message =
    `Identity operation for resource '${resourceId}' failed with error 'Failed to perform resource identity operation. ` +
    `Status: 'BadRequest'. Response: '${inner}'.'`;
  return { code: 'FailedIdentityOperation', message };
}

function filled(world: World, body: ResourceBody, ids: readonly string[]) {
  const entries = ids.map((id) => {
    const { principalId, clientId } = world.store.get(id)?.body.properties ?? {};
    return [id, { principalId, clientId }] as const;
  });
  return { ...body.identity, userAssignedIdentities: Object.fromEntries(entries) };
}

function mayWrite(world: World, identityId: string, { properties }: ResourceBody): boolean {
  const principalId = String(world.store.get(identityId)?.body.properties.principalId);
  return mayUseData(world, principalId, writeBlobs, String(properties.storageId));
}

// Nobody has published what Azure answers here; the switch `roleMissingAtPut` chooses whether it answers at all.
function noBlobRole(identityId: string, storageId: string): ErrorBody {
  const message = `The identity '${identityId}' does not have authorization to perform action '${writeBlobs}' over scope '${storageId}'.`;
  return { code: 'AuthorizationFailed', message, details: [] };
}
