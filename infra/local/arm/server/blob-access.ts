import { ArmError } from '../core/arm-error.ts';
import { grantFor, mayUseData } from '../core/authorize.ts';
import type { Caller } from '../core/exchange.ts';
import { arrayOf, objectOf } from '../core/json.ts';
import type { ResourceBody } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { storageAccountNamed } from '../resource-types/storage-accounts.ts';

const containers = 'Microsoft.Storage/storageAccounts/blobServices/containers';
/** Callers are on this machine. */
const callerAddress = '127.0.0.1';

/** A request to an account's blob service; `path` = container, then the segments of the blob's name. */
export type BlobRequest = {
  readonly method: string;
  readonly account: string;
  readonly path: readonly string[];
  readonly query: URLSearchParams;
};

/**
 * Refuses (ArmError, with storage's own codes) what the blob service would: an account that is not there, a firewall that
 * the caller's address is not let through, a right that the caller lacks; and everything but reading.
 */
export function refuseBlobRequest(world: World, caller: Caller, { method, account, path, query }: BlobRequest): void {
  const found = storageAccountNamed(world, account);
  if (found === undefined) throw refused(404, 'ResourceNotFound', 'The specified resource does not exist.');
  if (isClosed(found))
    throw refused(403, 'AuthorizationFailure', 'This request is not authorized to perform this operation.');
  if (method !== 'GET' && method !== 'HEAD')
    throw refused(405, 'UnsupportedHttpVerb', 'The resource does not support the specified HTTP verb.');
  const [container = '', ...blob] = path;
  const isAllowed =
    container === '' || (blob.length === 0 && query.get('comp') !== 'list')
      ? grantFor(world, caller.principalId, `${containers}/read`, scopeOf(found, container)) !== undefined
      : mayReadBlobs(world, caller, found, container, blob.length === 0 ? 'Blob.List' : undefined);
  if (isAllowed) return;
  const message = 'This request is not authorized to perform this operation using this permission.';
  throw refused(403, 'AuthorizationPermissionMismatch', message);
}

function mayReadBlobs(world: World, caller: Caller, account: ResourceBody, container: string, subOperation?: string) {
  const resource = { [`${containers}:name`]: container };
  const scope = scopeOf(account, container);
  return mayUseData(world, caller.principalId, `${containers}/blobs/read`, scope, { subOperation, resource });
}

function scopeOf({ id }: ResourceBody, container: string): string {
  return container === '' ? `${id}/blobServices/default` : `${id}/blobServices/default/containers/${container}`;
}

function isClosed({ properties }: ResourceBody): boolean {
  if (properties.publicNetworkAccess === 'Disabled' || properties.publicNetworkAccess === 'SecuredByPerimeter')
    return true;
  const { defaultAction, ipRules } = objectOf(properties.networkAcls);
  return defaultAction === 'Deny' && !arrayOf(ipRules).some((rule) => objectOf(rule).value === callerAddress);
}

function refused(status: number, code: string, message: string): ArmError {
  return new ArmError(status, { code, message });
}
