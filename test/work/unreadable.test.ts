import { describe, expect, test } from 'vitest';
import type { Estate } from '../../infra/local/arm/estate.ts';
import type { Run } from '../../shared/inbox/work-item.ts';
import type { StepAnswer } from '../../shared/steps/contract.ts';
import { ensureFlowLog } from '../../shared/steps/ensure-flow-log.ts';
import { ensureIdentity, undoIdentity } from '../../shared/steps/ensure-identity.ts';
import { ensureNetworkWatcher } from '../../shared/steps/ensure-network-watcher.ts';
import { ensureRoleAssignment } from '../../shared/steps/ensure-role-assignment.ts';
import { undoFlowLog } from '../../shared/steps/undo-flow-log.ts';
import { locate } from '../../shared/work/locate.ts';
import { planDestination } from '../../shared/work/plan-destination.ts';
import { planNetworkItem } from '../../shared/work/plan-network-item.ts';
import type { WorkContext } from '../../shared/work/work-context.ts';
import { estate, flowLog, group, identity, network, storage, subscriptionId, watcher } from '../arm/support/estate.ts';
import { networkItem, settings, workItem } from '../orchestrations/support/samples.ts';
import { simulatedAzure } from '../steps/support/simulated-azure.ts';
import { workOn } from './support/work.ts';

// Absent is not unreadable: each read that any activity sends is refused, in turn and in every way, and nothing may be
// written for that. The same activities, with every read answered, do write, or plan to.

const logs = settingsFor('stwest');
const there: Estate = {
  ...estate,
  resources: [
    ...estate.resources,
    {
      id: flowLog('log-a'),
      location: 'westeurope',
      properties: { targetResourceId: network('vnet-a'), storageId: storage('stwest'), enabled: false },
    },
  ],
};
const policy = {
  version: 1,
  mode: 'enforce',
  scope: { subscriptions: { include: [subscriptionId] } },
  exemptions: [{ reason: 'lab', managementGroup: 'lab' }],
  rules: [
    {
      name: 'default',
      destination: { westeurope: storage('stwest') },
      identity: { kind: 'ours', resourceGroupId: group, name: 'id-{account}' },
    },
  ],
};

type Azure = ReturnType<typeof simulatedAzure>;
type Activity = (azure: Azure, work: WorkContext) => Promise<StepAnswer<unknown>>;

const ofSubscription: Run = { lane: { kind: 'subscription', subscriptionId }, generation: 0, runId: 'run' };
const ofDestination: Run = { lane: { kind: 'destination', account: 'stwest' }, generation: 0, runId: 'run' };
const access = { storageAccountId: storage('stwest'), principalId: '33333333-3333-4333-8333-333333333333' };
const absent = { kind: 'absent' } as const;
const written = { flowLogId: flowLog('log-a'), location: 'westeurope', targetResourceId: network('vnet-a') };
const item = { ...networkItem(network('vnet-a')), flowLogId: flowLog('log-a') };

const activities: Readonly<Record<string, Activity>> = {
  locate: (_, work) => locate(work, { run: ofSubscription, items: [workItem(network('vnet-a'))] }),
  planNetwork: (_, work) => planNetworkItem(work, { run: ofSubscription, item }),
  planDestination: (_, work) => planDestination(work, { run: ofDestination, account: 'stwest' }),
  ensureNetworkWatcher: ({ step }) =>
    ensureNetworkWatcher(step, { subscriptionId, location: 'northeurope', policy: 'create' }),
  'ensureFlowLog, made': ({ step }) => ensureFlowLog(step, { ...written, flowLogId: flowLog('new'), settings: logs }),
  'ensureFlowLog, changed': ({ step }) => ensureFlowLog(step, { ...written, settings: logs }),
  ensureIdentity: ({ step }) =>
    ensureIdentity(step, { identityId: identity('id-new'), location: 'westeurope', ours: true }),
  ensureRoleAssignment: ({ step }) => ensureRoleAssignment(step, access),
  undoFlowLog: ({ step }) => undoFlowLog(step, { step: 'ensureFlowLog', resourceId: flowLog('log-a'), to: absent }),
  undoIdentity: ({ step }) =>
    undoIdentity(step, { step: 'ensureIdentity', resourceId: identity('id-logs'), to: absent }),
};

/** How a read can go wrong without saying that there is nothing. */
const refusals = {
  'no right to': { status: 403, code: 'AuthorizationFailed' },
  'no answer from': { effect: 'before' },
  'a fault of': { status: 500, code: 'InternalServerError' },
  'throttling by': { status: 429, code: 'TooManyRequests', retryAfterSeconds: 30 },
  'a 404 that is about something else from': { status: 404, code: 'SubscriptionNotFound' },
} as const;

const isRead = (line: string) => /^(GET|HEAD) /.test(line) || line.endsWith('/Microsoft.ResourceGraph/resources');
const writesOf = ({ sent }: Azure) => sent.filter((line) => !isRead(line));
const everything = ({ world }: Azure) => JSON.stringify([...world.store.all()].map(({ body }) => body));

/** The reads that an activity sends where all goes well, each once. */
async function readsOf(activity: Activity): Promise<readonly string[]> {
  const azure = simulatedAzure(there);
  await activity(azure, await workOn(azure, policy));
  return [...new Set(azure.sent.filter(isRead))];
}

const cases = await Promise.all(
  Object.entries(activities).map(async ([name, activity]) => ({ name, activity, reads: await readsOf(activity) })),
);

describe.each(cases)('$name', ({ activity, reads }) => {
  test('reads before it writes', () => expect(reads.length).toBeGreaterThan(0));

  describe.each(Object.entries(refusals))('%s', (_, refusal) => {
    test.each(reads)('%s', async (read) => {
      const azure = simulatedAzure(there);
      const work = await workOn(azure, policy);
      const before = everything(azure);
      const [method, path = ''] = read.split(' ');
      azure.fault({ method, path: `^${RegExp.escape(path)}$`, times: 0, ...refusal });
      const answer = await activity(azure, work);
      expect(writesOf(azure)).toEqual([]);
      expect(everything(azure)).toBe(before);
      if (answer.status === 'done') expect(plansOf(answer.output)).toEqual([]);
    });
  });
});

describe('with every read answered', () => {
  test.each(cases.filter(({ name }) => name.startsWith('ensure')))('$name writes', async ({ activity }) => {
    const azure = simulatedAzure(there);
    await activity(azure, await workOn(azure, policy));
    expect(writesOf(azure)).toHaveLength(1);
  });

  test.each(cases.filter(({ name }) => name.startsWith('plan')))('$name plans', async ({ activity }) => {
    const azure = simulatedAzure(there);
    const answer = await activity(azure, await workOn(azure, policy));
    expect(answer.status === 'done' ? plansOf(answer.output) : answer).not.toEqual([]);
  });
});

/** What an activity's answer would have others write: a change of a log, or what a destination lacks. */
function plansOf(output: unknown): unknown[] {
  const {
    change = null,
    because = null,
    intent = [],
    problem = null,
  } = output as {
    change?: unknown;
    because?: unknown;
    intent?: unknown[];
    problem?: unknown;
  };
  return [...(change && because === null ? [change] : []), ...(problem ? [] : intent)];
}

function settingsFor(account: string) {
  return { ...settings, storageId: storage(account), identityId: identity('id-logs') };
}

test('the estate has what the activities are about', () => {
  const ids = there.resources.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining([watcher, network('vnet-a'), storage('stwest'), identity('id-logs')]));
});
