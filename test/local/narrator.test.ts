import { describe, expect, it } from 'vitest';
import { createNarrator } from '../../infra/local/narrator/narrator.ts';
import { toldText } from '../../infra/local/narrator/told-text.ts';

const subscription = '/subscriptions/1c7f3a52-6e0b-4b8e-9a41-0d5b7c2e1001/resourceGroups';
const networkId = `${subscription}/rg-net/providers/Microsoft.Network/virtualNetworks/vnet-shop-prod-weu`;
const flowLogId = `${subscription}/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers/w/flowLogs/vnet-shop-flowlog`;
const identityId = `${subscription}/rg-fk/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-flowkeeper-weu`;

/** What is told of these lines of the app, one every 1.5 seconds: subject, text and tone. */
function told(...lines: readonly object[]): string[] {
  const narrate = createNarrator();
  return lines.flatMap((line, index) => {
    const time = new Date(Date.UTC(2026, 10, 23, 8, 0, 0) + index * 1500).toISOString();
    const category = 'Function.planNetwork.User';
    const said = narrate(JSON.stringify({ time, level: 'info', category, message: JSON.stringify(line) }));
    return said === undefined ? [] : [`${said.subject}: ${said.text} [${said.tone}]`];
  });
}

const step = (fields: object) => ({ msg: 'step finished', networkId, step: 'ensureFlowLog', ...fields });

describe('what is told of one line', () => {
  it.each([
    [{ msg: 'work accepted', reason: 'event', targetKind: 'network', targetId: networkId }, 'event received [plain]'],
    [
      { msg: 'plan made', networkId, change: 'create', drifts: ['noFlowLog'] },
      'has no flow log → to be created [waiting]',
    ],
    [
      { msg: 'plan made', networkId, change: 'update', drifts: ['disabled', 'wrongStorage'] },
      'flow log disabled, wrong storage account → to be repaired [waiting]',
    ],
    [step({ status: 'done', did: 'created', resourceId: flowLogId }), 'flow log created [plain]'],
    [
      step({ status: 'done', did: 'updated', storageAccountId: '/a/stlogsweu', identityId }),
      'flow log updated → stlogsweu (identity id-flowkeeper-weu) [plain]',
    ],
    [
      step({ status: 'retry', code: 'AnotherOperationInProgress', message: 'busy', afterSeconds: 5 }),
      'flow log refused for now: AnotherOperationInProgress, busy → again in 5.0 s [waiting]',
    ],
    [
      step({ status: 'fatal', code: 'ScopeLocked', message: 'a\n lock' }),
      'flow log refused for good: ScopeLocked, a lock [bad]',
    ],
    [
      { msg: 'undo finished', networkId, step: 'ensureFlowLog', status: 'done', did: 'deleted', resourceId: flowLogId },
      'undone: flow log deleted (vnet-shop-flowlog) [waiting]',
    ],
    [{ msg: 'network settled', networkId, state: 'Compliant', because: null }, 'compliant [good]'],
    [
      { msg: 'network settled', networkId, state: 'NonCompliant', because: 'audit' },
      'not compliant (the policy only reports) [plain]',
    ],
    [
      { msg: 'network settled', networkId, state: 'NonCompliant', because: 'paused', code: 'HourlyLimitReached' },
      'not compliant (waits for its turn): HourlyLimitReached [plain]',
    ],
    [
      { msg: 'network settled', networkId, state: 'Contested', because: 'contested', code: 'Contested' },
      'contested (somebody else keeps changing it): Contested [bad]',
    ],
    [{ msg: 'network settled', networkId, state: 'Exempt', because: 'exempt' }, 'exempt (exempt by policy) [plain]'],
    [
      {
        msg: 'network settled',
        networkId,
        state: 'Blocked',
        because: 'parked',
        code: 'NoDestination',
        message: 'none for swedencentral',
      },
      'blocked (parked): NoDestination, none for swedencentral [bad]',
    ],
  ])('a network: %j', (line, text) => {
    expect(told(line)).toEqual([`vnet-shop-prod-weu: ${text}`]);
  });

  it.each([
    [
      { msg: 'destination settled', account: 'stlogsweu', state: 'ready', leftovers: [] },
      'ready: the identity may write flow logs [good]',
    ],
    [
      {
        msg: 'destination settled',
        account: 'stlogsweu',
        state: 'blocked',
        code: 'ScopeLocked',
        message: 'x',
        leftovers: [identityId],
      },
      'blocked: ScopeLocked, x; could not be removed: id-flowkeeper-weu [bad]',
    ],
    [
      { msg: 'undo finished', account: 'stlogsweu', step: 'ensureIdentity', status: 'fatal', resourceId: identityId },
      'could not be undone: identity (id-flowkeeper-weu) [bad]',
    ],
  ])('a storage account: %j', (line, text) => {
    expect(told(line)).toEqual([`stlogsweu: ${text}`]);
  });

  it("a person's request", () => {
    expect(told({ msg: 'remediation accepted', reason: 'manual', count: 1 })).toEqual([
      'a person: asks for 1 VNet [plain]',
    ]);
    expect(told({ msg: 'remediation accepted', reason: 'bulk', count: 20 })).toEqual([
      'a person: asks for 20 VNets [plain]',
    ]);
  });

  it('a policy that waits for approval, and one that is light enough for none', () => {
    const weighed = { msg: 'policy weighed', approveAbove: 2, fields: { storageId: 3 } };
    expect(told({ ...weighed, networks: 3 })).toEqual([
      'policy: waits for approval: it would change 3 VNets that are compliant [plain]',
    ]);
    expect(told({ ...weighed, networks: 2 })).toEqual([]);
    expect(told({ msg: 'policy approved' })).toEqual(['policy: approved [plain]']);
  });

  it('an event of a flow log, and a sweep that found something', () => {
    expect(told({ msg: 'work accepted', reason: 'tamper', targetKind: 'flowLog', targetId: flowLogId })).toEqual([
      'flow log: event received (vnet-shop-flowlog) [plain]',
    ]);
    expect(told({ msg: 'sweep finished', selected: 7 })).toEqual([
      'estate: looked over: 7 VNets to look at more closely [plain]',
    ]);
    expect(told({ msg: 'sweep finished', selected: 0 })).toEqual([]);
  });

  it('the policy', () => {
    expect(told({ msg: 'policy accepted', etag: '"1"', mode: 'off' })).toEqual(['policy: accepted, mode off [plain]']);
  });

  it('nothing, when it is the machinery or no news', () => {
    const quiet = [
      { msg: 'work accepted', reason: 'sweep', targetKind: 'network', targetId: networkId },
      { msg: 'batch taken', lane: 'subscription-1', generation: 3, count: 2 },
      { msg: 'plan made', networkId, change: 'none', state: 'Compliant', drifts: [] },
      step({ status: 'running', afterSeconds: 2 }),
      step({ status: 'done', did: 'unchanged' }),
      { msg: 'lane closed', lane: 'subscription-1', generation: 3, next: false },
      { level: 30, msg: 'something new' },
    ];
    expect(told(...quiet)).toEqual([]);
    expect(createNarrator()('no JSON at all')).toBeUndefined();
  });
});

describe('what is told of several lines', () => {
  it('how long a step and the whole work took', () => {
    expect(
      told(
        { msg: 'work accepted', reason: 'event', targetKind: 'network', targetId: networkId },
        step({ status: 'running' }),
        step({ status: 'running' }),
        step({ status: 'done', did: 'created', resourceId: flowLogId }),
        { msg: 'network settled', networkId, state: 'Compliant', because: null },
      ).slice(1),
    ).toEqual(['vnet-shop-prod-weu: flow log created  3.0 s [plain]', 'vnet-shop-prod-weu: compliant  6.0 s [good]']);
  });

  it('one network under two spellings of its id', () => {
    const accepted = {
      msg: 'work accepted',
      reason: 'event',
      targetKind: 'network',
      targetId: networkId.toLowerCase(),
    };
    expect(told(accepted, { msg: 'network settled', networkId, state: 'Compliant' })[1]).toContain('compliant  1.5 s');
  });

  it('once what is planned, though it is planned again after waiting; once a message, and its code later', () => {
    const planned = { msg: 'plan made', networkId, change: 'create', drifts: ['noFlowLog'] };
    const refused = step({ status: 'retry', code: 'ServerBusy', message: 'Try later.', afterSeconds: 1 });
    expect(
      told(
        planned,
        { msg: 'network settled', networkId, state: 'Pending', because: 'waiting' },
        planned,
        refused,
        refused,
      ),
    ).toEqual([
      'vnet-shop-prod-weu: has no flow log → to be created [waiting]',
      'vnet-shop-prod-weu: pending (waits for its storage account) [plain]',
      'vnet-shop-prod-weu: flow log refused for now: ServerBusy, Try later. → again in 1.0 s [waiting]',
      'vnet-shop-prod-weu: flow log refused for now: ServerBusy → again in 1.0 s [waiting]',
    ]);
  });

  it('a state once, and again only after something was done', () => {
    const settled = { msg: 'network settled', networkId, state: 'Compliant', because: null };
    expect(told(settled, settled, step({ status: 'done', did: 'updated' }), settled)).toHaveLength(3);
  });
});

it('warnings and errors of the host are told with their first line', () => {
  const line = { time: '2026-11-23T08:00:00Z', level: 'error', category: 'Host.Startup', message: 'It broke\n  at x' };
  expect(createNarrator()(JSON.stringify(line))).toMatchObject({
    subject: 'Host.Startup',
    text: 'It broke',
    tone: 'bad',
  });
  expect(createNarrator()(JSON.stringify({ ...line, level: 'info' }))).toBeUndefined();
});

it('a line for the screen begins with the time and is coloured only on request', () => {
  const one = { time: new Date(2026, 10, 23, 8, 12, 3), subject: 'vnet-a', text: 'compliant', tone: 'good' } as const;
  expect(toldText(one, { coloured: false })).toBe(`08:12:03  ${'vnet-a'.padEnd(26)}  compliant`);
  expect(toldText(one, { coloured: true })).toContain('\u001b[32mcompliant');
});
