import { ArmError } from './arm-error.ts';
import type { ArmRequest } from './exchange.ts';
import type { ResourceBody, ResourceType } from './resource-type.ts';

/** Checks If-Match and If-None-Match; types whose etag is not their own are written unconditionally, as in Azure. */
export function checkPreconditions(request: ArmRequest, before: ResourceBody | undefined, type: ResourceType): void {
  const wanted = request.headers['if-match'];
  const unwanted = request.headers['if-none-match'];
  if (type.etag === 'parent') return;
  const stale =
    wanted !== undefined && (before === undefined || (wanted !== '*' && type.etag === 'own' && wanted !== before.etag));
  const present = unwanted === '*' && before !== undefined;
  if (!stale && !present) return;
  const message = stale
    ? `Precondition failed. The etag '${wanted}' does not match that of the resource.`
    : 'Precondition failed. The resource exists already.';
  throw new ArmError(412, { code: 'PreconditionFailed', message });
}
