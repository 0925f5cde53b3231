import { type Problem, runbookOf } from '../problem.ts';
import type { Pace } from '../steps/pace.ts';
import type { ArmError } from './arm-outcome.ts';

type Rule = {
  readonly pace: Pace | 'fatal';
  /** Who can end it when waiting does not; the runbook says how. */
  readonly actor: Problem['actor'];
};

/**
 * What to do about each of Azure's error codes. Read by code, then by status, never by the message's text. Waiting is
 * right where Azure itself will mend it; `fatal` names a person at once.
 */
export const armErrors = {
  // Another operation holds the target or the network watcher.
  AnotherOperationInProgress: { pace: 'fast', actor: 'wait' },
  RetryableErrorDueToAnotherOperation: { pace: 'fast', actor: 'wait' },
  RetryableError: { pace: 'fast', actor: 'wait' },
  ReferencedResourceNotProvisioned: { pace: 'fast', actor: 'wait' },
  Conflict: { pace: 'fast', actor: 'wait' },
  CanceledAndSupersededDueToAnotherOperation: { pace: 'fast', actor: 'wait' },
  InternalServerError: { pace: 'fast', actor: 'wait' },
  AllocationFailed: { pace: 'slow', actor: 'wait' },
  // The same request would be refused again: the log that is there is found at the next look, and adopted.
  CannotCreateMoreThanOneFlowLogPerTargetResource: { pace: 'fatal', actor: 'wait' },
  NetworkWatcherCountLimitReached: { pace: 'fast', actor: 'wait' },
  InvalidResourceGroupLocation: { pace: 'fast', actor: 'wait' },
  // A new identity or role assignment that has not reached every replica.
  PrincipalNotFound: { pace: 'propagation', actor: 'operator' },
  FailedIdentityOperation: { pace: 'propagation', actor: 'operator' },
  // A grant takes minutes to spread: what is parked and tried again later holds up nobody else meanwhile.
  LinkedAuthorizationFailed: { pace: 'fatal', actor: 'operator' },
  AuthorizationFailed: { pace: 'fatal', actor: 'operator' },
  // The app's own token.
  AuthenticationFailed: { pace: 'fast', actor: 'operator' },
  ExpiredAuthenticationToken: { pace: 'fast', actor: 'operator' },
  InvalidAuthenticationToken: { pace: 'fatal', actor: 'operator' },
  InvalidAuthenticationTokenTenant: { pace: 'fatal', actor: 'operator' },
  AuthenticationError: { pace: 'fast', actor: 'wait' },
  CredentialUnavailableError: { pace: 'fast', actor: 'wait' },
  // A parent that is still being made, or was taken away.
  ParentResourceNotFound: { pace: 'fast', actor: 'owner' },
  ResourceNotFound: { pace: 'fast', actor: 'owner' },
  NotFound: { pace: 'fast', actor: 'owner' },
  ResourceGroupNotFound: { pace: 'fatal', actor: 'operator' },
  SubscriptionNotFound: { pace: 'fatal', actor: 'operator' },
  InvalidResourceReference: { pace: 'fatal', actor: 'operator' },
  SubnetNotFoundForFlowLog: { pace: 'fatal', actor: 'owner' },
  // ARM's token buckets.
  SubscriptionRequestsThrottled: { pace: 'throttled', actor: 'wait' },
  TooManyRequests: { pace: 'throttled', actor: 'wait' },
  ResourceRequestsThrottled: { pace: 'throttled', actor: 'wait' },
  // Someone decided this.
  ScopeLocked: { pace: 'fatal', actor: 'owner' },
  RequestDisallowedByPolicy: { pace: 'fatal', actor: 'owner' },
  DenyAssignmentAuthorizationFailed: { pace: 'fatal', actor: 'owner' },
  ReadOnlyDisabledSubscription: { pace: 'fatal', actor: 'owner' },
  MissingSubscriptionRegistration: { pace: 'fatal', actor: 'owner' },
  SubscriptionNotRegistered: { pace: 'fatal', actor: 'owner' },
  MissingRegistrationForLocation: { pace: 'fatal', actor: 'owner' },
  InvalidSubscriptionRegistrationState: { pace: 'fatal', actor: 'owner' },
  ResourceQuotaExceeded: { pace: 'fatal', actor: 'owner' },
  RoleAssignmentLimitExceeded: { pace: 'fatal', actor: 'owner' },
  InvalidTAWorkspaceRegion: { pace: 'fatal', actor: 'operator' },
  CannotSetResourceIdentity: { pace: 'fatal', actor: 'operator' },
  HashConflictOnDifferentRoleAssignmentIds: { pace: 'fatal', actor: 'developer' },
  RoleAssignmentUpdateNotPermitted: { pace: 'fatal', actor: 'developer' },
  NoRegisteredProviderFound: { pace: 'fatal', actor: 'developer' },
  InvalidResourceType: { pace: 'fatal', actor: 'developer' },
} as const satisfies Record<string, Rule>;

/**
 * Refusals that say how things are, to whoever asked for just that: a role assignment that is to be made is there, a
 * resource that is looked for or to be deleted is not. Any other 404 (an unknown subscription, a proxy's page) proves
 * nothing.
 */
export const armAnswers = {
  RoleAssignmentExists: 'alreadyDone',
  ResourceNotFound: 'gone',
  ResourceGroupNotFound: 'gone',
  ParentResourceNotFound: 'gone',
  NotFound: 'gone',
  RoleAssignmentNotFound: 'gone',
} as const satisfies Record<string, 'alreadyDone' | 'gone'>;

/** What a refusal says to whoever asked for just that; null where it is a refusal and nothing else. */
export function answerIn({ status, code }: ArmError): 'alreadyDone' | 'gone' | null {
  const table: Readonly<Record<string, 'alreadyDone' | 'gone'>> = armAnswers;
  const answer = Object.hasOwn(table, code) ? table[code] : undefined;
  return answer !== undefined && status === (answer === 'gone' ? 404 : 409) ? answer : null;
}

/** What to do where Azure gave no code, or one that is not in the table: its status decides. The names are the runbook's. */
export const unlistedErrors = {
  NoAnswer: { pace: 'fast', actor: 'wait' },
  UnlistedThrottling: { pace: 'throttled', actor: 'wait' },
  UnlistedFault: { pace: 'fast', actor: 'wait' },
  UnlistedAbsence: { pace: 'fast', actor: 'owner' },
  UnlistedFailure: { pace: 'fast', actor: 'developer' },
  UnlistedDenial: { pace: 'fatal', actor: 'operator' },
  UnlistedRefusal: { pace: 'fatal', actor: 'developer' },
} as const satisfies Record<string, Rule>;

export type Classified =
  | { readonly status: 'retry'; readonly pace: Pace; readonly afterSeconds?: number; readonly problem: Problem }
  | { readonly status: 'fatal'; readonly problem: Problem };

/** A message travels through histories and rows of limited size. */
const longestMessage = 1000;

/** Turns ARM's refusal into what a step answers. `resourceId` is what the request was about. */
export function classify(error: ArmError, resourceId: string): Classified {
  const { rule, code, entry } = ruleOf(error);
  const problem: Problem = {
    code,
    message: error.message.slice(0, longestMessage),
    resourceId,
    actor: rule.actor,
    runbook: runbookOf(entry),
  };
  if (rule.pace === 'fatal') return { status: 'fatal', problem };
  // "At once" would use up all attempts in a moment, so there the pace decides.
  const wait = error.retryAfterSeconds || null;
  return { status: 'retry', pace: rule.pace, problem, ...(wait === null ? {} : { afterSeconds: wait }) };
}

/** Inner codes say more than `RetryableError` around them, so they are looked up first. */
function ruleOf(error: ArmError): { rule: Rule; code: string; entry: string } {
  const table: Readonly<Record<string, Rule>> = armErrors;
  for (const code of [...error.innerCodes, error.code]) {
    const rule = Object.hasOwn(table, code) ? table[code] : undefined;
    if (rule) return { rule, code, entry: code };
  }
  const entry = unlistedBy(error.status);
  return { rule: unlistedErrors[entry], code: error.code, entry };
}

function unlistedBy(status: number): keyof typeof unlistedErrors {
  if (status === 0 || status === 408) return 'NoAnswer';
  if (status === 429) return 'UnlistedThrottling';
  if (status === 409 || status >= 500) return 'UnlistedFault';
  if (status === 404) return 'UnlistedAbsence';
  // A long-running operation that failed: the request itself had been accepted.
  if (status < 400) return 'UnlistedFailure';
  return status === 401 || status === 403 ? 'UnlistedDenial' : 'UnlistedRefusal';
}
