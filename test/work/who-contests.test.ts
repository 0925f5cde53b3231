import { pino } from 'pino';
import { expect, test } from 'vitest';
import { whoContests } from '../../shared/work/who-contests.ts';
import { flowLog, flowLogId, networkId, subscriptionId } from '../decide/support/samples.ts';
import { type FakeAnswer, fakeAzure, refusal } from '../steps/support/fake-azure.ts';

const definition = (kind: string, name: string) => `/providers/Microsoft.Authorization/${kind}/${name}`;
const assignment = (name: string, policyDefinitionId: string) => ({
  id: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/policyAssignments/${name}`,
  name,
  properties: { displayName: `The ${name}`, policyDefinitionId },
});
const assignments = [
  assignment('deployment', definition('policyDefinitions', 'CD6F7AFF-2845-4dab-99f2-6d1754a754b0')),
  assignment('initiative', definition('policySetDefinitions', '55634457-45e5-473f-b5c5-55cef2b20b52')),
  assignment('audit', definition('policyDefinitions', '4c3c6c5f-0d47-4402-99b8-aa543dd8bcee')),
];
const nobody: FakeAnswer = { status: 200, body: { value: [] } };

function ask(answer: FakeAnswer, tags: Record<string, string> = {}, actorId: string | null = null) {
  const { clients, sent } = fakeAzure(() => answer);
  const isOurs = (ours: Readonly<Record<string, string>>) => ours['flowkeeper-deployment'] === 'ours';
  const contest = { networkId, flowLog: flowLog({ tags }), fields: ['storageId', 'enabled'], times: 3, actorId };
  return { asked: whoContests({ clients, isOurs, log: pino({ level: 'silent' }) }, contest), sent };
}

test('names the fields, the flow log and what the owner has to do, with one request', async () => {
  const { asked, sent } = ask(nobody);
  const { code, actor, resourceId, message } = await asked;
  expect({ code, actor, resourceId }).toEqual({ code: 'Contested', actor: 'owner', resourceId: flowLogId });
  expect(message).toContain('storageId, enabled');
  expect(message).toContain('request a remediation');
  expect(sent).toHaveLength(1);
});

test('names the assignments that deploy flow logs, alone or in an initiative, and no other', async () => {
  const { message } = await ask({ status: 200, body: { value: assignments } }).asked;
  expect(message).toContain('"The deployment"');
  expect(message).toContain('"The initiative"');
  expect(message).not.toContain('audit');
});

test('names another Flowkeeper by its tag, and not itself', async () => {
  expect((await ask(nobody, { 'flowkeeper-deployment': 'theirs' }).asked).message).toContain('deployment "theirs"');
  expect((await ask(nobody, { 'flowkeeper-deployment': 'ours' }).asked).message).not.toContain('another Flowkeeper');
});

test('names who wrote it last, also where the assignments may not be read', async () => {
  const { message } = await ask(refusal(403, 'AuthorizationFailed'), {}, 'an-object-id').asked;
  expect(message).toContain('the principal an-object-id');
});

test('says of a log that was deleted that it was made again so often', async () => {
  const { clients } = fakeAzure(() => nobody);
  const contest = { networkId, flowLog: null, fields: ['flowLog'], times: 3, actorId: null };
  const told = await whoContests({ clients, isOurs: () => true, log: pino({ level: 'silent' }) }, contest);
  expect(told.resourceId).toBe(networkId);
  expect(told.message).toContain('made again 3 times within 24 hours, and somebody else has deleted it again');
});
