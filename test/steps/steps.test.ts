import { describe, expect, test } from 'vitest';
import type { StepAnswer } from '../../shared/steps/contract.ts';
import { ensureFlowLog } from '../../shared/steps/ensure-flow-log.ts';
import { ensureIdentity, undoIdentity } from '../../shared/steps/ensure-identity.ts';
import { ensureNetworkWatcher } from '../../shared/steps/ensure-network-watcher.ts';
import { ensureRoleAssignment, undoRoleAssignment } from '../../shared/steps/ensure-role-assignment.ts';
import { roleAssignmentId } from '../../shared/steps/role-assignment-id.ts';
import type { StepContext } from '../../shared/steps/step-context.ts';
import { undoFlowLog } from '../../shared/steps/undo-flow-log.ts';
import { flowLogId, identityId, networkId, principalId, storageId, subscriptionId } from '../decide/support/samples.ts';
import { settings } from '../orchestrations/support/samples.ts';
import { type FakeAnswer, fakeAzure, refusal, type Sent } from './support/fake-azure.ts';

const tags = { 'flowkeeper-deployment': 'test' };
const access = { storageAccountId: storageId('stlogswest'), principalId };
const identity = { identityId: identityId('id-west'), location: 'westeurope', ours: true };
const watcher = { subscriptionId, location: 'westeurope', policy: 'create' } as const;
const flowLog = { flowLogId, location: 'westeurope', targetResourceId: networkId, settings };
const absent = { kind: 'absent' } as const;

const ok = (body: unknown): FakeAnswer => ({ status: 200, body });
const nothing = refusal(404, 'ResourceNotFound');
/** Resource Graph, which is asked by POST, shows nothing. */
const noRows = ok({ totalRecords: 0, count: 0, data: [], facets: [], resultTruncated: 'false' });
const writesAmong = (methods: readonly string[]) => methods.filter((method) => !['GET', 'POST'].includes(method));

/** Runs a step against answers by method; says what it answered and what it sent. */
async function run<Output>(
  step: (context: StepContext) => Promise<StepAnswer<Output>>,
  answers: Readonly<Record<string, FakeAnswer | ((sent: Sent) => FakeAnswer)>>,
  guard: StepContext['guard'] = () => Promise.resolve(null),
) {
  const azure = fakeAzure((sent) => {
    const answer = answers[sent.method] ?? nothing;
    return typeof answer === 'function' ? answer(sent) : answer;
  });
  const isOurs: StepContext['isOurs'] = (given) => given['flowkeeper-deployment'] === 'test';
  const answer = await step({ clients: azure.clients, guard, tags, isOurs });
  return { answer, sent: azure.sent, methods: azure.sent.map(({ method }) => method) };
}

describe('every write asks the fence first, and is not sent where it says stop', () => {
  const failed = ok({ id: flowLogId, tags, properties: { provisioningState: 'Failed', targetResourceId: networkId } });
  const mine = ok({ id: identity.identityId, tags, properties: { principalId } });
  test.each<{ write: string; step: (context: StepContext) => Promise<StepAnswer<unknown>>; found: FakeAnswer }>([
    { write: 'making a flow log', step: (c) => ensureFlowLog(c, flowLog), found: nothing },
    { write: 'changing a flow log', step: (c) => ensureFlowLog(c, flowLog), found: failed },
    { write: 'making an identity', step: (c) => ensureIdentity(c, identity), found: nothing },
    { write: 'granting access', step: (c) => ensureRoleAssignment(c, access), found: ok({ value: [] }) },
    { write: 'making a network watcher', step: (c) => ensureNetworkWatcher(c, watcher), found: ok({ value: [] }) },
    {
      write: 'removing a flow log',
      step: (c) => undoFlowLog(c, { step: 'ensureFlowLog', resourceId: flowLogId, to: absent }),
      found: failed,
    },
    {
      write: 'removing an identity',
      step: (c) => undoIdentity(c, { step: 'ensureIdentity', resourceId: identity.identityId, to: absent }),
      found: mine,
    },
    {
      write: 'removing access',
      step: (c) =>
        undoRoleAssignment(c, { step: 'ensureRoleAssignment', resourceId: roleAssignmentId(access), to: absent }),
      found: ok({}),
    },
  ])('$write', async ({ step, found }) => {
    const stopped = await run(step, { GET: found, POST: noRows }, () => Promise.resolve('policyChanged'));
    expect(stopped.answer).toEqual({ status: 'stopped', because: 'policyChanged' });
    expect(writesAmong(stopped.methods)).toEqual([]);

    const done = { status: 200, body: { id: 'x', properties: { provisioningState: 'Succeeded', principalId } } };
    const allowed = await run(step, { GET: found, POST: noRows, PUT: done, DELETE: { status: 200 } });
    expect(writesAmong(allowed.methods)).toHaveLength(1);
  });
});

describe('a network watcher', () => {
  const list = (...locations: string[]) =>
    ok({ value: locations.map((location) => ({ id: `of ${location}`, location })) });

  test('is found by its region, whatever it is called', async () => {
    const { answer, methods } = await run((c) => ensureNetworkWatcher(c, watcher), {
      GET: list('northeurope', 'West Europe'),
    });
    expect(answer).toEqual({ status: 'done', did: 'unchanged', output: { networkWatcherId: 'of West Europe' } });
    expect(methods).toEqual(['GET']);
  });

  test('is not made where the policy requires one', async () => {
    const { answer, methods } = await run((c) => ensureNetworkWatcher(c, { ...watcher, policy: 'require' }), {
      GET: list(),
    });
    expect(answer).toMatchObject({ status: 'fatal', problem: { code: 'NoNetworkWatcher', actor: 'owner' } });
    expect(methods).toEqual(['GET']);
  });

  test("gets Azure's own group where that is missing, and is tried again at once", async () => {
    const PUT = ({ path }: Sent) =>
      path.includes('networkWatchers')
        ? refusal(404, 'ResourceGroupNotFound')
        : ok({ id: 'group', location: 'westeurope' });
    const { answer, sent } = await run((c) => ensureNetworkWatcher(c, watcher), { GET: list(), PUT });
    expect(answer).toMatchObject({
      status: 'retry',
      pace: 'fast',
      afterSeconds: 0,
      problem: { code: 'NetworkWatcherGroupMissing', actor: 'wait' },
    });
    expect(sent.at(-1)).toMatchObject({ method: 'PUT', body: { location: 'westeurope', tags } });
    expect(sent.at(-1)?.path).toMatch(/\/resourcegroups\/NetworkWatcherRG$/i);
  });
});

describe('an identity', () => {
  test('that is there is left as it is', async () => {
    const { answer, methods } = await run((c) => ensureIdentity(c, identity), {
      GET: ok({ properties: { principalId } }),
    });
    expect(answer).toEqual({ status: 'done', did: 'unchanged', output: { principalId } });
    expect(methods).toEqual(['GET']);
  });

  test('of ours is made with our tags', async () => {
    const { answer, sent } = await run((c) => ensureIdentity(c, identity), {
      PUT: ok({ properties: { principalId } }),
    });
    expect(answer).toEqual({ status: 'done', did: 'created', output: { principalId } });
    expect(sent[1]?.body).toEqual({ location: 'westeurope', tags });
  });

  test('that is given is never made', async () => {
    const { answer, methods } = await run((c) => ensureIdentity(c, { ...identity, ours: false }), {});
    expect(answer).toMatchObject({ status: 'fatal', problem: { code: 'IdentityNotFound', actor: 'operator' } });
    expect(methods).toEqual(['GET']);
  });

  test.each([
    { what: 'without our tags', GET: ok({ tags: { owner: 'x' }, properties: { principalId } }) },
    { what: 'that is gone', GET: nothing },
  ])('$what is not removed', async ({ GET }) => {
    const undo = { step: 'ensureIdentity', resourceId: identity.identityId, to: absent } as const;
    const { answer, methods } = await run((c) => undoIdentity(c, undo), { GET });
    expect(answer).toEqual({ status: 'done', did: 'unchanged', output: null });
    expect(methods).toEqual(['GET']);
  });
});

describe('access to blobs', () => {
  const contributor = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe`;
  const reader = contributor.replace('ba92f5b4', 'aaaaaaaa');
  const granted = (scope: string, roleDefinitionId = contributor) =>
    ok({ value: [{ id: 'a', properties: { scope, roleDefinitionId, principalId } }] });
  const account = access.storageAccountId;

  test.each([
    { what: 'the account', scope: account },
    { what: 'the account in another case', scope: account.toUpperCase() },
    { what: 'its resource group', scope: account.slice(0, account.indexOf('/providers/')) },
    { what: 'its subscription', scope: `/subscriptions/${subscriptionId}` },
    { what: 'a management group above it', scope: '/providers/Microsoft.Management/managementGroups/mg' },
    { what: 'everything', scope: '/' },
  ])('that the principal has on $what is enough', async ({ scope }) => {
    const { answer, methods } = await run((c) => ensureRoleAssignment(c, access), { GET: granted(scope) });
    expect(answer).toMatchObject({ status: 'done', did: 'unchanged' });
    expect(methods).toEqual(['GET']);
  });

  test.each([
    { what: 'on a container of the account', answer: granted(`${account}/blobServices/default/containers/x`) },
    { what: 'on an account whose name begins alike', answer: granted(`${account}2`) },
    {
      what: 'on a group whose name begins alike',
      answer: granted(account.slice(0, account.indexOf('/providers/') - 1)),
    },
    { what: 'in another role', answer: granted(account, reader) },
  ])('that it has $what is not, and is granted at the account to a service principal', async ({ answer: GET }) => {
    const { answer, sent } = await run((c) => ensureRoleAssignment(c, access), { GET, PUT: { status: 201, body: {} } });
    expect(answer).toEqual({ status: 'done', did: 'created', output: { roleAssignmentId: roleAssignmentId(access) } });
    expect(sent[1]?.path.replace('//', '/')).toBe(roleAssignmentId(access));
    expect(sent[1]?.body).toEqual({
      properties: { roleDefinitionId: contributor, principalId, principalType: 'ServicePrincipal' },
    });
  });

  test.each([
    { refused: refusal(409, 'RoleAssignmentExists'), answer: { status: 'done', did: 'unchanged' } },
    { refused: refusal(400, 'PrincipalNotFound'), answer: { status: 'retry', pace: 'propagation' } },
    { refused: refusal(403, 'AuthorizationFailed'), answer: { status: 'fatal' } },
  ])('that is refused ($refused.body.error.code) is $answer.status', async ({ refused, answer: expected }) => {
    const { answer } = await run((c) => ensureRoleAssignment(c, access), { GET: ok({ value: [] }), PUT: refused });
    expect(answer).toMatchObject(expected);
  });
});

test.each([
  { days: 0, enabled: false },
  { days: 30, enabled: true },
])('a new flow log that is kept $days days says all that is ours outright', async ({ days, enabled }) => {
  const request = { ...flowLog, settings: { ...settings, retentionDays: days } };
  const { sent } = await run((c) => ensureFlowLog(c, request), { PUT: refusal(400, 'Unheard') });
  expect(sent[1]?.body).toEqual({
    location: 'westeurope',
    tags,
    identity: { type: 'UserAssigned', userAssignedIdentities: { [identity.identityId]: {} } },
    properties: {
      targetResourceId: networkId,
      storageId: settings.storageId,
      enabled: true,
      enabledFilteringCriteria: '',
      retentionPolicy: { days, enabled },
      format: { type: 'JSON', version: 2 },
      flowAnalyticsConfiguration: { networkWatcherFlowAnalyticsConfiguration: { enabled: false } },
    },
  });
});

test('a flow log of our name that serves another network is left alone, and the policy has to change', async () => {
  const GET = ok({ id: flowLogId, properties: { targetResourceId: `${networkId}-other`, storageId: 's' } });
  const { answer, methods } = await run((c) => ensureFlowLog(c, flowLog), { GET });
  expect(answer).toMatchObject({ status: 'fatal', problem: { code: 'FlowLogNameTaken', actor: 'operator' } });
  expect(methods).toEqual(['GET']);
});
