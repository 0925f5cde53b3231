import type { Problem } from '../problem.ts';
import type { Drift } from './drift.ts';

export const reportedChecks = [
  'duplicateLogs',
  'overridingLogs',
  'identityGone',
  'roleAssignmentMissing',
  'identityHasMoreRights',
] as const;

/** Found beside the log that serves a network. */
export type ReportedCheck = (typeof reportedChecks)[number];

export type Reported = {
  /** Ids of the logs of the network, the one that serves it first. */
  readonly flowLogIds: readonly string[];
  /** Ids of the logs that record in its place. */
  readonly overridingLogs: readonly string[];
  /** What is known to be wrong with the destination and keeps nothing from being written. */
  readonly destinationWarnings: readonly Pick<Problem, 'code' | 'message' | 'resourceId'>[];
};

/** What is left of a network's drifts when its log has been put right. */
export function reportedOnly(drifts: readonly Drift[]): readonly Drift[] {
  return drifts.filter(({ check }) => reportedChecks.some((one) => one === check));
}

const neededRole = 'Storage Blob Data Contributor';

/**
 * Drifts that no write of ours to the flow log mends: which of two logs to remove, and who needs a subnet's log or a
 * wider right, is for their owners to say; a missing identity or right is the work of the destination's own lane.
 */
export function reportedDrifts({ flowLogIds, overridingLogs, destinationWarnings }: Reported): readonly Drift[] {
  const [serving, ...duplicates] = flowLogIds;
  const warning = (code: string) => destinationWarnings.find((one) => one.code === code);
  const gone = warning('IdentityMissing');
  const moreRights = warning('IdentityHasMoreRights');
  return [
    ...(serving && duplicates.length > 0
      ? [{ check: 'duplicateLogs' as const, expected: [serving], actual: flowLogIds }]
      : []),
    ...(overridingLogs.length > 0 ? [{ check: 'overridingLogs' as const, expected: [], actual: overridingLogs }] : []),
    ...(gone ? [{ check: 'identityGone' as const, expected: gone.resourceId, actual: null }] : []),
    ...(warning('RoleAssignmentMissing')
      ? [{ check: 'roleAssignmentMissing' as const, expected: neededRole, actual: null }]
      : []),
    ...(moreRights
      ? [{ check: 'identityHasMoreRights' as const, expected: neededRole, actual: moreRights.message }]
      : []),
  ];
}
