import { describe, expect, test } from 'vitest';
import { armErrors, classify } from '../../shared/azure/arm-error-table.ts';
import type { ArmError } from '../../shared/azure/arm-outcome.ts';
import { networkId } from '../decide/support/samples.ts';

const error = (changes: Partial<ArmError> = {}): ArmError => ({
  status: 400,
  code: 'Unheard',
  innerCodes: [],
  message: 'It did not work.',
  retryAfterSeconds: null,
  requestId: null,
  ...changes,
});

/** Who has to act, and whether and how it is waited for. A new row of the table needs one here. */
const expected: Readonly<Record<keyof typeof armErrors, string>> = {
  AnotherOperationInProgress: 'fast, wait',
  RetryableErrorDueToAnotherOperation: 'fast, wait',
  RetryableError: 'fast, wait',
  ReferencedResourceNotProvisioned: 'fast, wait',
  Conflict: 'fast, wait',
  CanceledAndSupersededDueToAnotherOperation: 'fast, wait',
  InternalServerError: 'fast, wait',
  AllocationFailed: 'slow, wait',
  CannotCreateMoreThanOneFlowLogPerTargetResource: 'fatal, wait',
  NetworkWatcherCountLimitReached: 'fast, wait',
  InvalidResourceGroupLocation: 'fast, wait',
  PrincipalNotFound: 'propagation, operator',
  FailedIdentityOperation: 'propagation, operator',
  LinkedAuthorizationFailed: 'fatal, operator',
  AuthorizationFailed: 'fatal, operator',
  AuthenticationFailed: 'fast, operator',
  ExpiredAuthenticationToken: 'fast, operator',
  InvalidAuthenticationToken: 'fatal, operator',
  InvalidAuthenticationTokenTenant: 'fatal, operator',
  AuthenticationError: 'fast, wait',
  CredentialUnavailableError: 'fast, wait',
  ParentResourceNotFound: 'fast, owner',
  ResourceNotFound: 'fast, owner',
  NotFound: 'fast, owner',
  ResourceGroupNotFound: 'fatal, operator',
  SubscriptionNotFound: 'fatal, operator',
  InvalidResourceReference: 'fatal, operator',
  SubnetNotFoundForFlowLog: 'fatal, owner',
  SubscriptionRequestsThrottled: 'throttled, wait',
  TooManyRequests: 'throttled, wait',
  ResourceRequestsThrottled: 'throttled, wait',
  ScopeLocked: 'fatal, owner',
  RequestDisallowedByPolicy: 'fatal, owner',
  DenyAssignmentAuthorizationFailed: 'fatal, owner',
  ReadOnlyDisabledSubscription: 'fatal, owner',
  MissingSubscriptionRegistration: 'fatal, owner',
  SubscriptionNotRegistered: 'fatal, owner',
  MissingRegistrationForLocation: 'fatal, owner',
  InvalidSubscriptionRegistrationState: 'fatal, owner',
  ResourceQuotaExceeded: 'fatal, owner',
  RoleAssignmentLimitExceeded: 'fatal, owner',
  InvalidTAWorkspaceRegion: 'fatal, operator',
  CannotSetResourceIdentity: 'fatal, operator',
  HashConflictOnDifferentRoleAssignmentIds: 'fatal, developer',
  RoleAssignmentUpdateNotPermitted: 'fatal, developer',
  NoRegisteredProviderFound: 'fatal, developer',
  InvalidResourceType: 'fatal, developer',
};

function classOf(changes: Partial<ArmError>): string {
  const classified = classify(error(changes), networkId);
  return `${classified.status === 'retry' ? classified.pace : 'fatal'}, ${classified.problem.actor}`;
}

describe('a known code says what to do, whatever the status', () => {
  test.each(Object.entries(expected))('%s: %s', (code, answer) => {
    for (const status of [200, 400, 403, 409, 429, 500]) expect(classOf({ code, status })).toBe(answer);
  });

  test('and every row of the table is told here', () => {
    expect(Object.keys(expected).sort()).toEqual(Object.keys(armErrors).sort());
  });
});

describe('an unknown code is classed by its status', () => {
  test.each([
    { status: 0, answer: 'fast, wait', entry: 'noanswer' },
    { status: 200, answer: 'fast, developer', entry: 'unlistedfailure' },
    { status: 400, answer: 'fatal, developer', entry: 'unlistedrefusal' },
    { status: 401, answer: 'fatal, operator', entry: 'unlisteddenial' },
    { status: 403, answer: 'fatal, operator', entry: 'unlisteddenial' },
    { status: 404, answer: 'fast, owner', entry: 'unlistedabsence' },
    { status: 408, answer: 'fast, wait', entry: 'noanswer' },
    { status: 409, answer: 'fast, wait', entry: 'unlistedfault' },
    { status: 412, answer: 'fatal, developer', entry: 'unlistedrefusal' },
    { status: 429, answer: 'throttled, wait', entry: 'unlistedthrottling' },
    { status: 500, answer: 'fast, wait', entry: 'unlistedfault' },
    { status: 503, answer: 'fast, wait', entry: 'unlistedfault' },
  ])('$status: $answer, and the runbook tells of all such', ({ status, answer, entry }) => {
    expect(classOf({ status })).toBe(answer);
    const { problem } = classify(error({ status }), networkId);
    expect(problem).toMatchObject({ code: 'Unheard', runbook: `docs/runbook.md#${entry}` });
  });

  test.each(['constructor', 'toString', '__proto__'])('also where it is %s', (code) => {
    expect(classOf({ status: 400, code })).toBe('fatal, developer');
  });
});

test('inner codes say more than the one around them, the first known of them most', () => {
  const around = { code: 'RetryableError', innerCodes: ['Unheard', 'ScopeLocked', 'TooManyRequests'] };
  expect(classOf(around)).toBe('fatal, owner');
  expect(classify(error(around), networkId).problem.code).toBe('ScopeLocked');
});

test('an unknown inner code leaves the word to the one around it', () => {
  expect(classOf({ code: 'AnotherOperationInProgress', innerCodes: ['Unheard'] })).toBe('fast, wait');
});

test('the message decides nothing', () => {
  expect(classOf({ status: 400, message: 'AnotherOperationInProgress: TooManyRequests' })).toBe('fatal, developer');
});

test('the problem names the resource, the code, where the runbook tells of it and what Azure said', () => {
  expect(classify(error({ code: 'ScopeLocked' }), networkId).problem).toEqual({
    code: 'ScopeLocked',
    message: 'It did not work.',
    resourceId: networkId,
    actor: 'owner',
    runbook: 'docs/runbook.md#scopelocked',
  });
});

test('a long message is cut: it travels through histories and rows', () => {
  expect(classify(error({ message: 'x'.repeat(5000) }), networkId).problem.message).toHaveLength(1000);
});

test.each([
  { retryAfterSeconds: 17, afterSeconds: 17 },
  { retryAfterSeconds: null, afterSeconds: undefined },
  // "Come back at once" would use up the attempts in a moment: the pace decides.
  { retryAfterSeconds: 0, afterSeconds: undefined },
])('a Retry-After of $retryAfterSeconds is passed on as $afterSeconds', ({ retryAfterSeconds, afterSeconds }) => {
  const classified = classify(error({ status: 429, retryAfterSeconds }), networkId);
  expect(classified.status === 'retry' && classified.afterSeconds).toBe(afterSeconds);
});
