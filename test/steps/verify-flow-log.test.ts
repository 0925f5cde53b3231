import { expect, test } from 'vitest';
import { verifyFlowLog } from '../../shared/steps/verify-flow-log.ts';
import { flowLog, flowLogId, identityId, network, networkId, principalId } from '../decide/support/samples.ts';
import { settings } from '../orchestrations/support/samples.ts';
import { type FakeAnswer, fakeAzure, refusal } from './support/fake-azure.ts';

/** The flow log as Azure would tell it. */
function told(changes: object = {}, principal = principalId): FakeAnswer {
  const { storageId, enabled, formatVersion } = settings;
  return {
    status: 200,
    body: {
      id: flowLogId,
      identity: {
        type: 'userAssigned',
        userAssignedIdentities: { [identityId('id-west').toLowerCase()]: { principalId: principal } },
      },
      properties: {
        targetResourceId: networkId,
        storageId: storageId.toUpperCase(),
        enabled,
        retentionPolicy: { days: 90, enabled: false },
        format: { type: 'JSON', version: formatVersion },
        provisioningState: 'Succeeded',
        ...changes,
      },
    },
  };
}

async function verify(written: ReturnType<typeof flowLog>, read: FakeAnswer, principal: string | null = principalId) {
  const azure = fakeAzure(() => read);
  const context = { clients: azure.clients, guard: () => Promise.resolve(null), tags: {}, isOurs: () => true };
  const answer = await verifyFlowLog(context, {
    flowLogId,
    written,
    settings,
    principalId: principal,
    targetResourceGuid,
  });
  return { answer, requests: azure.sent.length };
}

const targetResourceGuid = network().resourceGuid;
const unproven = flowLog({ identities: [] });

test('what the write itself has proven is not read again', async () => {
  const { answer, requests } = await verify(flowLog(), refusal(500, 'InternalServerError'));
  expect(answer).toEqual({ status: 'done', did: 'unchanged', output: flowLog() });
  expect(requests).toBe(0);
});

test('what it has not is read once, and proven whatever case its ids have', async () => {
  const { answer, requests } = await verify(unproven, told());
  expect(answer).toMatchObject({ status: 'done', output: { id: flowLogId } });
  expect(requests).toBe(1);
});

test('any principal will do while the destination has not said which', async () => {
  const { answer } = await verify(unproven, told({}, 'someone'), null);
  expect(answer).toMatchObject({ status: 'done' });
});

test('a log without identity needs no principal', async () => {
  const none = { ...settings, identityId: null };
  const azure = fakeAzure(() => told());
  const context = { clients: azure.clients, guard: () => Promise.resolve(null), tags: {}, isOurs: () => true };
  const request = { flowLogId, written: unproven, settings: none, principalId: null, targetResourceGuid };
  expect(await verifyFlowLog(context, request)).toMatchObject({ status: 'done' });
});

test.each([
  { what: 'an identity that came back empty', read: told({}, ''), says: 'no principal' },
  { what: "another identity's principal", read: told({}, 'someone'), says: 'the principal someone' },
  { what: 'another setting', read: told({ enabled: false }), says: 'not those that were written' },
  { what: 'a failed state', read: told({ provisioningState: 'Failed' }), says: 'state is Failed' },
  { what: 'nothing', read: refusal(404, 'ResourceNotFound'), says: 'it is gone' },
])('$what is no proof, and looked at again', async ({ read, says }) => {
  const { answer } = await verify(unproven, read);
  expect(answer).toMatchObject({
    status: 'retry',
    pace: 'fast',
    problem: { code: 'NotVerified', resourceId: flowLogId, message: expect.stringContaining(says) },
  });
});

test('a log that goes on to belong to a former network of the name is no proof, and a problem of its own', async () => {
  const former = '55555555-5555-4555-8555-555555555555';
  const { answer } = await verify(flowLog({ targetResourceGuid: former }), told({ targetResourceGuid: former }));
  expect(answer).toMatchObject({ status: 'retry', problem: { code: 'TargetNotRebound', actor: 'owner' } });
});

test('a refusal to read is told as what it is', async () => {
  const { answer } = await verify(unproven, refusal(403, 'AuthorizationFailed'));
  expect(answer).toMatchObject({ status: 'fatal', problem: { code: 'AuthorizationFailed' } });
});
