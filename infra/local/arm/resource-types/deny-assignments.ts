import { denyAssignmentType } from '../core/deny.ts';
import type { ResourceType } from '../core/resource-type.ts';
import { plainExtension } from './plain-resource.ts';

/** Deny assignments: made by Azure itself (managed applications, deployment stacks), so an estate brings them. */
export const denyAssignments: ResourceType = {
  type: denyAssignmentType,
  apiVersions: ['2022-04-01'],
  home: 'extension',
  verbs: [],
  etag: 'none',
  shape: (write) => plainExtension(write, denyAssignmentType),
};
