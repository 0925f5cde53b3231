import { readFileSync } from 'node:fs';
import { AuthenticationError, CredentialUnavailableError } from '@azure/identity';
import { afterAll, describe, expect, test } from 'vitest';
import { textTable } from '../../infra/local/narrator/text-table.ts';
import { armErrors, unlistedErrors } from '../../shared/azure/arm-error-table.ts';
import type { StepAnswer } from '../../shared/steps/contract.ts';
import { ensureFlowLog } from '../../shared/steps/ensure-flow-log.ts';
import { ensureIdentity } from '../../shared/steps/ensure-identity.ts';
import { ensureNetworkWatcher } from '../../shared/steps/ensure-network-watcher.ts';
import { ensureRoleAssignment } from '../../shared/steps/ensure-role-assignment.ts';
import type { StepContext } from '../../shared/steps/step-context.ts';
import { estate, flowLog, identity, network, otherSubscriptionId, storage } from '../arm/support/estate.ts';
import { simulatedAzure } from './support/simulated-azure.ts';

/** A write, by the step that sends it, and what its address has in it. */
type Attempt = {
  readonly path: string;
  readonly step: (context: StepContext, resume?: string) => Promise<StepAnswer<unknown>>;
};

const settings = {
  storageId: storage('stwest'),
  enabled: true,
  retentionDays: 0,
  formatVersion: 2,
  enabledFilteringCriteria: '',
  recordTypes: 'B,C,E,D',
  trafficAnalytics: null,
  identityId: identity('id-logs'),
};
const log = { flowLogId: flowLog('log'), location: 'westeurope', targetResourceId: network('vnet-a'), settings };
const principalId = '33333333-3333-4333-8333-333333333333';
const watcher = { subscriptionId: otherSubscriptionId, policy: 'create' } as const;

const attempts: Readonly<Record<'flowLog' | 'identity' | 'access' | 'watcher' | 'watcherGroup', Attempt>> = {
  flowLog: {
    path: '/flowLogs/',
    step: (context, resume) => ensureFlowLog(context, { ...log, ...(resume ? { resume } : {}) }),
  },
  identity: {
    path: '/userAssignedIdentities/',
    step: (context) => ensureIdentity(context, { identityId: identity('id-new'), location: 'westeurope', ours: true }),
  },
  access: {
    path: '/roleAssignments/',
    step: (context) => ensureRoleAssignment(context, { storageAccountId: storage('stwest'), principalId }),
  },
  watcher: {
    path: '/networkWatchers/',
    step: (context) => ensureNetworkWatcher(context, { ...watcher, location: 'northeurope' }),
  },
  // The other subscription has no group for watchers, so the step makes it.
  watcherGroup: {
    path: '/resourcegroups/NetworkWatcherRG$',
    step: (context) => ensureNetworkWatcher(context, { ...watcher, location: 'northeurope' }),
  },
};

type Refusal = { readonly of: keyof typeof attempts; readonly status: number; readonly inner?: true };
type Listed = Exclude<keyof typeof armErrors, 'AuthenticationError' | 'CredentialUnavailableError'>;

/** The request that each code is seen at, and with which status. What refuses a flow log may also fail its operation. */
const refusals: Readonly<Record<Listed, Refusal>> = {
  AnotherOperationInProgress: { of: 'flowLog', status: 409 },
  RetryableErrorDueToAnotherOperation: { of: 'flowLog', status: 429 },
  RetryableError: { of: 'flowLog', status: 429 },
  ReferencedResourceNotProvisioned: { of: 'flowLog', status: 429, inner: true },
  Conflict: { of: 'flowLog', status: 409 },
  CanceledAndSupersededDueToAnotherOperation: { of: 'flowLog', status: 409 },
  InternalServerError: { of: 'flowLog', status: 500 },
  AllocationFailed: { of: 'flowLog', status: 409 },
  CannotCreateMoreThanOneFlowLogPerTargetResource: { of: 'flowLog', status: 400 },
  NetworkWatcherCountLimitReached: { of: 'watcher', status: 400 },
  InvalidResourceGroupLocation: { of: 'watcherGroup', status: 409 },
  PrincipalNotFound: { of: 'access', status: 400 },
  FailedIdentityOperation: { of: 'flowLog', status: 400 },
  LinkedAuthorizationFailed: { of: 'flowLog', status: 403 },
  AuthorizationFailed: { of: 'access', status: 403 },
  AuthenticationFailed: { of: 'flowLog', status: 401 },
  ExpiredAuthenticationToken: { of: 'identity', status: 401 },
  InvalidAuthenticationToken: { of: 'identity', status: 401 },
  InvalidAuthenticationTokenTenant: { of: 'identity', status: 401 },
  ParentResourceNotFound: { of: 'flowLog', status: 404 },
  ResourceNotFound: { of: 'flowLog', status: 404 },
  NotFound: { of: 'flowLog', status: 404 },
  ResourceGroupNotFound: { of: 'identity', status: 404 },
  SubscriptionNotFound: { of: 'identity', status: 404 },
  InvalidResourceReference: { of: 'flowLog', status: 400 },
  SubnetNotFoundForFlowLog: { of: 'flowLog', status: 400 },
  SubscriptionRequestsThrottled: { of: 'access', status: 429 },
  TooManyRequests: { of: 'identity', status: 429 },
  ResourceRequestsThrottled: { of: 'access', status: 429 },
  ScopeLocked: { of: 'access', status: 409 },
  RequestDisallowedByPolicy: { of: 'flowLog', status: 403 },
  DenyAssignmentAuthorizationFailed: { of: 'flowLog', status: 403 },
  ReadOnlyDisabledSubscription: { of: 'identity', status: 409 },
  MissingSubscriptionRegistration: { of: 'flowLog', status: 409 },
  SubscriptionNotRegistered: { of: 'identity', status: 409 },
  MissingRegistrationForLocation: { of: 'identity', status: 409 },
  InvalidSubscriptionRegistrationState: { of: 'identity', status: 409 },
  ResourceQuotaExceeded: { of: 'identity', status: 409 },
  RoleAssignmentLimitExceeded: { of: 'access', status: 400 },
  InvalidTAWorkspaceRegion: { of: 'flowLog', status: 400 },
  CannotSetResourceIdentity: { of: 'flowLog', status: 400 },
  HashConflictOnDifferentRoleAssignmentIds: { of: 'access', status: 400 },
  RoleAssignmentUpdateNotPermitted: { of: 'access', status: 400 },
  NoRegisteredProviderFound: { of: 'flowLog', status: 400 },
  InvalidResourceType: { of: 'flowLog', status: 400 },
};

const codes = Object.keys(refusals) as Listed[];
const anchors = new Set(
  [...readFileSync('docs/runbook.md', 'utf8').matchAll(/^### (.+)$/gm)].map(([, title = '']) => title.toLowerCase()),
);

/** What was seen, a line for each way in which an error came; printed at the end. */
const seen: string[][] = [];
afterAll(() => console.log(`\n${textTable(['code', 'driven as', 'classified', 'who acts', 'runbook'], seen)}\n`));

type Rule = { readonly pace: string; readonly actor: string };

/** The step answers as the row of the table says, and its runbook entry is there. */
function expectRow(code: string, entry: string, rule: Rule, drivenAs: string, answer: StepAnswer<unknown>): void {
  const problem = 'problem' in answer ? answer.problem : null;
  expect(answer).toMatchObject(rule.pace === 'fatal' ? { status: 'fatal' } : { status: 'retry', pace: rule.pace });
  expect(problem).toMatchObject({ code, actor: rule.actor, runbook: `docs/runbook.md#${entry.toLowerCase()}` });
  expect(anchors).toContain(entry.toLowerCase());
  const classified = 'pace' in answer ? `retry ${answer.pace}` : answer.status;
  seen.push([code, drivenAs, classified, problem?.actor ?? '', problem?.runbook.split('#')[1] ?? '']);
}

describe('refused at once', () => {
  test.each(codes)('%s', async (code) => {
    const { of, status, inner } = refusals[code];
    const { step, path } = attempts[of];
    const azure = simulatedAzure(estate);
    const outer = inner ? { code: 'RetryableError', details: [{ code, message: 'It is so.' }] } : { code };
    azure.fault({ method: 'PUT', path, status, times: 0, ...outer });
    expectRow(code, code, armErrors[code], `${status} to ${of}`, await step(azure.step));
  });

  test('a Retry-After is passed on to the second', async () => {
    const azure = simulatedAzure(estate);
    const refusal = { method: 'PUT', path: '/flowLogs/', status: 429, code: 'TooManyRequests', retryAfterSeconds: 17 };
    azure.fault(refusal);
    expect(await attempts.flowLog.step(azure.step)).toMatchObject({ pace: 'throttled', afterSeconds: 17 });
  });
});

describe('accepted, and then its operation failed', () => {
  const ofFlowLogs = codes.filter((code) => refusals[code].of === 'flowLog' && !refusals[code].inner);
  test.each(ofFlowLogs)('%s', async (code) => {
    const azure = simulatedAzure(estate);
    azure.fault({ method: 'PUT', path: '/flowLogs/', operation: { code, message: 'It is so.' } });
    const begun = await attempts.flowLog.step(azure.step);
    if (begun.status !== 'running') throw new Error(`The operation did not begin: ${JSON.stringify(begun)}`);
    azure.pass(600);
    const ended = await attempts.flowLog.step(azure.step, begun.resume);
    expectRow(code, code, armErrors[code], 'failed operation', ended);
  });
});

describe('without a token', () => {
  test.each([
    { code: 'AuthenticationError', error: new AuthenticationError(400, '{"error":"invalid_request"}') },
    { code: 'CredentialUnavailableError', error: new CredentialUnavailableError('No identity endpoint.') },
  ] as const)('$code', async ({ code, error }) => {
    const azure = simulatedAzure(estate, { getToken: () => Promise.reject(error) });
    expectRow(code, code, armErrors[code], 'no token', await attempts.flowLog.step(azure.step));
    expect(azure.sent).toEqual([]);
  });
});

describe('with a code that nobody has heard of', () => {
  test.each([
    { entry: 'UnlistedThrottling', status: 429 },
    { entry: 'UnlistedFault', status: 503 },
    { entry: 'UnlistedAbsence', status: 404 },
    { entry: 'UnlistedDenial', status: 403 },
    { entry: 'UnlistedRefusal', status: 422 },
  ] as const)('$entry', async ({ entry, status }) => {
    const azure = simulatedAzure(estate);
    azure.fault({ method: 'PUT', path: '/flowLogs/', status, code: 'Unheard' });
    expectRow('Unheard', entry, unlistedErrors[entry], `${status} to flowLog`, await attempts.flowLog.step(azure.step));
  });

  test('UnlistedFailure', async () => {
    const azure = simulatedAzure(estate);
    azure.fault({ method: 'PUT', path: '/flowLogs/', operation: { code: 'Unheard', message: 'It is so.' } });
    const begun = await attempts.flowLog.step(azure.step);
    azure.pass(600);
    const ended = await attempts.flowLog.step(azure.step, begun.status === 'running' ? begun.resume : '');
    expectRow('Unheard', 'UnlistedFailure', unlistedErrors.UnlistedFailure, 'failed operation', ended);
  });

  test.each([
    { what: 'request', effect: 'before' },
    { what: 'answer', effect: 'after' },
  ] as const)('NoAnswer: the $what is lost', async ({ what, effect }) => {
    const azure = simulatedAzure(estate);
    azure.fault({ method: 'PUT', path: '/flowLogs/', effect });
    const answer = await attempts.flowLog.step(azure.step);
    expectRow('ECONNRESET', 'NoAnswer', unlistedErrors.NoAnswer, `${what} lost`, answer);
  });
});

describe('what only says how things are is no error', () => {
  test('RoleAssignmentExists: somebody gave the same right', async () => {
    const azure = simulatedAzure(estate);
    azure.fault({ method: 'PUT', path: '/roleAssignments/', status: 409, code: 'RoleAssignmentExists' });
    expect(await attempts.access.step(azure.step)).toMatchObject({ status: 'done', did: 'unchanged' });
  });

  test('a hash that collides: the next name is taken, and found again when it is taken back', async () => {
    const azure = simulatedAzure(estate);
    const code = 'HashConflictOnDifferentRoleAssignmentIds';
    azure.fault({ method: 'PUT', path: '/roleAssignments/', status: 400, code });
    const given = await attempts.access.step(azure.step);
    expect(given).toMatchObject({ status: 'done', did: 'created' });
    expect(new Set(azure.sent.filter((line) => line.startsWith('PUT'))).size).toBe(2);
  });
});

test('every row of the table was driven', () => {
  const driven = new Set(seen.map((line) => line.at(-1)));
  const rows = [...Object.keys(armErrors), ...Object.keys(unlistedErrors)].map((code) => code.toLowerCase());
  expect(rows.filter((row) => !driven.has(row))).toEqual([]);
});
