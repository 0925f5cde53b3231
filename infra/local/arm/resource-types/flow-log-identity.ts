import { z } from 'zod';
import { ArmError } from '../core/arm-error.ts';
import { type JsonObject, objectOf } from '../core/json.ts';
import type { ResourceBody, Write } from '../core/resource-type.ts';
import { readBody } from './request-body.ts';

const request = z.object({
  identity: z
    .object({ type: z.string().default('None'), userAssignedIdentities: z.record(z.string(), z.unknown()).nullish() })
    .nullish(),
});

/**
 * The identity of a flow log as Azure shows it while the operation runs (recorded): type `userAssigned` or `none`, and
 * empty ids that are filled when it has succeeded. A log that never had one has no `identity` at all.
 */
export function shownIdentity({ body, before, world }: Write): JsonObject | undefined {
  const { identity } = readBody(request, body);
  if (identity === undefined || identity === null)
    return world.switches.identitylessPut === 'keep' ? before?.identity : undefined;
  const ids = Object.keys(identity.userAssignedIdentities ?? {});
  const type = identity.type.toLowerCase();
  if (type.includes('systemassigned')) {
    throw refused('CannotSetResourceIdentity', 'A flow log can only have user-assigned identities.');
  }
  if (type === 'none') return { type: 'none' };
  if (type !== 'userassigned')
    throw refused('InvalidIdentityType', `The identity type '${identity.type}' is not supported.`);
  if (ids.length === 0) {
    throw refused('MissingIdentityIds', "The identity ids must not be null or empty for 'UserAssigned' identity type.");
  }
  const empty = { principalId: '', clientId: '' };
  return { type: 'userAssigned', userAssignedIdentities: Object.fromEntries(ids.map((id) => [id, empty])) };
}

/** The ids of the identities of a flow log, as they were sent. */
export function identitiesOf(body: ResourceBody): readonly string[] {
  return Object.keys(objectOf(body.identity?.userAssignedIdentities));
}

function refused(code: string, message: string): ArmError {
  return new ArmError(400, { code, message, details: [] });
}
