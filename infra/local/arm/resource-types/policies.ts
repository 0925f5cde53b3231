import { invalidRequest } from '../core/arm-error.ts';
import { objectOf } from '../core/json.ts';
import { managementGroupsAbove } from '../core/management-groups.ts';
import { isAt, matches, policyAssignmentType } from '../core/policy.ts';
import type { ResourceBody, ResourceType } from '../core/resource-type.ts';
import { plainExtension } from './plain-resource.ts';

const apiVersions = ['2021-06-01', '2022-06-01', '2023-04-01', '2024-04-01', '2025-03-01'];
const definitionType = 'Microsoft.Authorization/policyDefinitions';

/** Policy definitions; their conditions as far as the simulator can tell whether a resource meets them. */
export const policyDefinitions: ResourceType = {
  type: definitionType,
  apiVersions,
  home: 'extension',
  verbs: ['PUT', 'DELETE'],
  etag: 'none',
  shape: (write) => plainExtension(write, definitionType),
  check: refuseUnknown,
};

/** Policy assignments on any scope. Only the effect `deny` has consequences here. */
export const policyAssignments: ResourceType = {
  type: policyAssignmentType,
  apiVersions,
  home: 'extension',
  verbs: ['PUT', 'DELETE'],
  etag: 'none',
  showsDeleted: true,
  shape: (write) => plainExtension(write, policyAssignmentType),
  list: (world, container) => [
    ...managementGroupsAbove(world, container).flatMap((scope) =>
      world.store.list(policyAssignmentType, scope).filter((found) => isAt(found, scope)),
    ),
    ...world.store.list(policyAssignmentType, container),
  ],
};

/** A condition that cannot be evaluated is refused when it is written, not ignored when it counts. */
function refuseUnknown(_write: unknown, after: ResourceBody): void {
  const sample: ResourceBody = {
    id: '/subscriptions/s',
    name: 'sample',
    type: 'Microsoft.Sample/samples',
    properties: {},
  };
  try {
    matches(objectOf(objectOf(after.properties.policyRule).if), sample);
  } catch (error) {
    throw invalidRequest(error instanceof Error ? error.message : String(error), 'properties.policyRule');
  }
}
