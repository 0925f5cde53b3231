import { z } from 'zod';

/**
 * Something that keeps a resource from its desired state, told to the person who can change that.
 * `actor` says who must act: nobody (`wait`), the owner of the resource, the operator of Flowkeeper, or its developers.
 * `runbook` is where the entry is that says how: a file of the repository, and the anchor in it.
 */
export const problemSchema = z.object({
  code: z.string(),
  message: z.string(),
  resourceId: z.string(),
  actor: z.enum(['wait', 'owner', 'operator', 'developer']),
  runbook: z.string(),
  /** Azure asked to be left alone until then. */
  notBefore: z.string().optional(),
});

export type Problem = z.infer<typeof problemSchema>;

/** Every problem that Flowkeeper finds by itself, and who acts. What Azure says is classed in `azure/arm-error-table.ts`. */
export const ownProblems = {
  // Destinations.
  NoDestination: 'operator',
  StorageAccountNotFound: 'operator',
  StorageAccountInOtherRegion: 'operator',
  StorageAccountTier: 'operator',
  StorageAccountKind: 'operator',
  StorageAccountInOtherTenant: 'operator',
  StorageAccountFirewall: 'owner',
  StorageAccountReadOnly: 'owner',
  ContainerImmutable: 'owner',
  ProviderNotRegistered: 'owner',
  RoleAssignmentsUsedUp: 'owner',
  IdentityNotFound: 'operator',
  IdentityInUse: 'owner',
  DestinationChanged: 'wait',
  // Destinations: warnings, which keep nothing from being written.
  PublicAccessDisabled: 'owner',
  NetworkSecurityPerimeter: 'owner',
  BlobVersioning: 'owner',
  StorageAccountLocked: 'owner',
  LifecycleRulesShort: 'owner',
  RoleAssignmentsShort: 'owner',
  IdentityMissing: 'operator',
  RoleAssignmentMissing: 'operator',
  IdentityHasMoreRights: 'owner',
  DestinationUnread: 'operator',
  // Networks and their flow logs.
  NoNetworkWatcher: 'owner',
  NetworkWatcherGroupMissing: 'wait',
  FlowLogNameTaken: 'operator',
  NotVerified: 'operator',
  TargetNotRebound: 'owner',
  FlowLogElsewhere: 'owner',
  OrphanedFlowLog: 'owner',
  ManagementGroupsUnknown: 'operator',
  Contested: 'owner',
  WorkspaceNotFound: 'operator',
  NotInResourceGraph: 'wait',
  // What arrives of them.
  SilentRoleMissing: 'wait',
  SilentFirewall: 'owner',
  SilentKeysForbidden: 'operator',
  Silent: 'owner',
  DeliveryUnreadable: 'operator',
  // Runs.
  HourlyLimitReached: 'wait',
  TooManyChangesFailed: 'operator',
  OperationTimedOut: 'wait',
  RunFailed: 'developer',
  ActivityFailed: 'developer',
  AnswerOfAnotherStep: 'developer',
} as const satisfies Record<string, Problem['actor']>;

/** A problem that Flowkeeper found by itself. The message says what is wrong with this resource, and what to do. */
export function ownProblem(code: keyof typeof ownProblems, resourceId: string, message: string): Problem {
  return { code, message, resourceId, actor: ownProblems[code], runbook: runbookOf(code) };
}

/** Where the runbook tells of a code: the anchor that Markdown gives the heading. */
export function runbookOf(entry: string): string {
  return `docs/runbook.md#${entry.toLowerCase()}`;
}
