import { afterAll, describe, expect, test } from 'vitest';
import { textTable } from '../../infra/local/narrator/text-table.ts';
import { flowLog, identity, network, storage } from '../arm/support/estate.ts';
import type { Cut } from './support/product.ts';
import { networkId, type Opened, openStory, policyTo, type Story, storyNames } from './support/stories.ts';

/** What is refused for good, so that something has to be taken back. */
const failures = {
  nothing: [],
  'the grant': [{ method: 'PUT', path: '/roleAssignments/', status: 403, code: 'RequestDisallowedByPolicy', times: 0 }],
  'the flow log': [
    { method: 'PUT', path: '/flowLogs/', operation: { code: 'InvalidTAWorkspaceRegion', message: 'No.' }, times: 0 },
  ],
} as const;
type Failure = keyof typeof failures;

const foreignLogId = flowLog('log-of-b');
const refusedGrant = failures['the grant'];
const intentOf = async (opened: Opened) => (await opened.destinations()).flatMap(({ intent }) => intent);
const identities = (opened: Opened) =>
  opened.azure.world.store.list('Microsoft.ManagedIdentity/userAssignedIdentities');

/** How many ways were gone, by what was to be written and by what went wrong; printed at the end. */
const ways = new Map<string, Map<string, number>>();
function count(story: Story, failure: Failure, what: string, number = 1): void {
  const row = `${story}, ${failure} refused for good`;
  const counts = ways.get(row) ?? new Map<string, number>();
  ways.set(row, counts.set(what, (counts.get(what) ?? 0) + number));
}
afterAll(() => {
  const columns = ['ended at a call', 'and another policy', ...Object.keys(mishaps)];
  const lines = [...ways].map(([row, counts]) => [row, ...columns.map((column) => String(counts.get(column) ?? '-'))]);
  console.log(`\n${textTable(['story', ...columns], lines)}\n`);
});

const cases = storyNames.flatMap((story) =>
  (Object.keys(failures) as Failure[]).map((failure) => ({ story, failure })),
);

async function begin(story: Story, failure: Failure, cut: Cut | null = null): Promise<Opened> {
  const opened = openStory(story, failures[failure]);
  opened.endRunAt(cut);
  await opened.ask(networkId);
  await opened.rest();
  return opened;
}

/** When nothing is refused any more, a person's request makes it whole. */
async function expectWhole(opened: Opened, at: string): Promise<void> {
  opened.azure.faults.clear();
  await opened.minutes(5);
  await opened.ask(networkId, 'manual');
  await opened.rest();
  const whole = { at, told: 'Compliant', enabled: true, wrong: [] };
  expect({ at, ...(await opened.state()), wrong: await opened.check() }).toEqual(whole);
}

describe('a run that is ended at any of its calls: the next goes on where it was', () => {
  test.each(cases)('$story, $failure refused for good', async ({ story, failure }) => {
    const whole = await begin(story, failure);
    const expected = { ...(await whole.state()), wrong: await whole.check() };
    expect(expected).toMatchObject({ told: failure === 'nothing' ? 'Compliant' : 'Blocked', wrong: [] });

    const cuts = whole.calls.flatMap((_, call): Cut[] => [
      { call, when: 'before', state: call % 2 === 0 ? 'Terminated' : 'Failed' },
      { call, when: 'after', state: call % 2 === 0 ? 'Failed' : 'Terminated' },
    ]);
    count(story, failure, 'ended at a call', cuts.length);
    for (const cut of cuts) {
      const ended = await begin(story, failure, cut);
      await ended.minutes(3);
      const at = `${cut.state} ${cut.when} ${whole.calls[cut.call]} (call ${cut.call})`;
      expect({ at, ...(await ended.state()), wrong: await ended.check() }).toEqual({ at, ...expected });
    }
    await expectWhole(whole, 'the end');
  });
});

describe('a run that is ended at any of its calls, and a policy that wants another account by then', () => {
  test.each(storyNames)('%s', async (story) => {
    const whole = await begin(story, 'nothing');
    const { length } = whole.calls;
    for (let call = 0; call < length; call++) {
      const at = `after ${whole.calls[call]} (call ${call})`;
      const ended = await begin(story, 'nothing', { call, when: 'after', state: 'Terminated' });
      await ended.replacePolicy(policyTo('stother'));
      await ended.minutes(3);
      expect({ at, wrong: await ended.check() }).toEqual({ at, wrong: [] });
      await expectWhole(ended, at);
      expect({ at, intent: await intentOf(ended) }).toEqual({ at, intent: [] });
    }
    count(story, 'nothing', 'and another policy', length);
  });
});

/** What may become of one request that writes. */
const mishaps = {
  'request lost': {},
  'answer lost': { effect: 'after' },
  'refused once': { status: 500, code: 'InternalServerError' },
  'refused for good': { status: 403, code: 'AuthorizationFailed', times: 0 },
  'operation fails once': { operation: { code: 'InternalServerError', message: 'No.' } },
  'operation fails for good': { operation: { code: 'InternalServerError', message: 'No.' }, times: 0 },
} as const;

describe('a write that fails before, during or after, in every way', () => {
  test.each(cases)('$story, $failure refused for good', async ({ story, failure }) => {
    const whole = await begin(story, failure);
    const writes = [...new Set(whole.azure.sent.filter((line) => !/^(GET|POST) /.test(line)))];
    for (const write of writes) {
      const [method = '', path = ''] = write.split(' ');
      for (const [mishap, fault] of Object.entries(mishaps)) {
        if ('operation' in fault && !path.includes('/flowLogs/')) continue;
        const at = `${method} of ${path.split('/').slice(-2).join('/')}: ${mishap}`;
        // The mishap first: the simulator takes the first fault that fits.
        const failed = openStory(story, [{ method, path: `${path}$`, ...fault }, ...failures[failure]]);
        await failed.ask(networkId);
        await failed.rest();
        expect({ at, wrong: await failed.check() }).toEqual({ at, wrong: [] });
        await failed.minutes(3);
        expect({ at, wrong: await failed.check() }).toEqual({ at, wrong: [] });
        await expectWhole(failed, at);
        count(story, failure, mishap);
      }
    }
  });
});

describe('what can not be taken back is told, and goes later', () => {
  test('a grant under a lock stays, and the identity with it; when all is well again both are published', async () => {
    const id = `${storage('stwest')}/providers/Microsoft.Authorization/locks/keep`;
    const lock = { id, properties: { level: 'CanNotDelete' } };
    const opened = openStory('a new log', [{ method: 'PUT', path: '/roleAssignments/', effect: 'after' }], [lock]);
    // The grant is given and the answer lost; then it can't be looked for any more.
    opened.beforeEach((call) => {
      if (call !== 'ensureRoleAssignment' || opened.calls.filter((one) => one === call).length < 2) return;
      opened.azure.fault({
        method: 'GET',
        path: '/roleAssignments$',
        status: 403,
        code: 'AuthorizationFailed',
        times: 0,
      });
    });
    await opened.ask(networkId);
    await opened.rest();
    expect((await intentOf(opened)).map(({ step }) => step)).toEqual(['ensureIdentity', 'ensureRoleAssignment']);
    expect(await opened.check()).toEqual([]);
    opened.beforeEach(() => {});
    await expectWhole(opened, 'the end');
    expect(await intentOf(opened)).toEqual([]);
  });

  test("an identity under a lock goes with the destination's own next try", async () => {
    const locked = { method: 'DELETE', path: '/userAssignedIdentities/', status: 409, code: 'ScopeLocked', times: 1 };
    const opened = openStory('a new log', [...refusedGrant, locked]);
    const before = identities(opened).length;
    await opened.ask(networkId);
    await opened.rest();
    expect(identities(opened)).toHaveLength(before + 1);
    expect(await intentOf(opened)).toMatchObject([{ step: 'ensureIdentity', resourceId: identity('id-stwest') }]);
    await opened.minutes(45);
    expect(identities(opened)).toHaveLength(before);
    expect(await intentOf(opened)).toEqual([]);
  });

  test('an identity that somebody else has begun to use stays', async () => {
    const opened = openStory('a new log', refusedGrant);
    opened.beforeEach((call) => {
      if (call !== 'undoStep') return;
      const id = `${foreignLogId}?api-version=2026-01-01`;
      const put = opened.azure.send('PUT', id, {
        location: 'westeurope',
        identity: { type: 'UserAssigned', userAssignedIdentities: { [identity('id-stwest')]: {} } },
        properties: { targetResourceId: network('vnet-b'), storageId: storage('stwest'), enabled: true },
      });
      expect([200, 201]).toContain(put.status);
    });
    const vnet = { location: 'westeurope', properties: { addressSpace: { addressPrefixes: ['10.3.0.0/16'] } } };
    opened.azure.send('PUT', `${network('vnet-b')}?api-version=2026-01-01`, vnet);
    opened.azure.pass(60);
    await opened.ask(networkId);
    await opened.rest();
    expect(identities(opened).map(({ body }) => body.name)).toContain('id-stwest');
    expect(await intentOf(opened)).toMatchObject([{ step: 'ensureIdentity' }]);
  });
});

test.each(['succeeds', 'fails as well'])(
  'a log that somebody changed in between is not overwritten, where that %s',
  async (end) => {
    const opened = openStory("somebody's log", failures['the flow log']);
    opened.beforeEach((call) => {
      if (call !== 'undoStep') return;
      const log = opened.log();
      if (end === 'succeeds') opened.azure.faults.clear();
      const body = {
        ...log,
        properties: { ...(log?.properties as object), retentionPolicy: { days: 90, enabled: true } },
      };
      const put = opened.azure.send('PUT', `${log?.id}?api-version=2026-01-01`, JSON.parse(JSON.stringify(body)));
      expect(put.status).toBe(200);
      opened.azure.pass(60);
    });
    await opened.ask(networkId);
    await opened.rest();
    expect(opened.log()?.properties).toMatchObject({ retentionPolicy: { days: 90, enabled: true } });
    expect(await opened.check()).toEqual([]);
  },
);

test('a log that records is never removed because a check timed out', async () => {
  const opened = openStory('a new log');
  opened.beforeEach((call) => {
    if (call === 'verifyFlowLog')
      opened.azure.fault({ method: 'GET', path: '/flowLogs/', status: 503, code: 'ServerTimeout', times: 0 });
  });
  // The operation's own last answer shows no principal, so that the log is read once more.
  opened.azure.fault({ method: 'GET', path: '/flowLogs/', status: 500, code: 'InternalServerError', times: 1 });
  await opened.ask(networkId);
  await opened.rest();
  expect((await opened.state()).enabled).toBe(true);
  expect(await opened.check()).toEqual([]);
});
