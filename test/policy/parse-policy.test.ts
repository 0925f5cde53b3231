import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../shared/policy/parse-policy.ts';
import type { Violation } from '../../shared/violations.ts';
import { document, identityId, ruleOf, storageId, workspaceId } from '../decide/support/samples.ts';

function problemsOf(text: unknown): readonly Violation[] {
  const parsed = parsePolicy(text);
  return parsed.ok ? [] : parsed.problems;
}
const pathsOf = (text: unknown) => problemsOf(text).map(({ path }) => path);

test('what a document leaves out has a default, and the safe one: audit', () => {
  const parsed = parsePolicy({ version: 1, rules: [ruleOf()] });
  expect(parsed).toMatchObject({
    ok: true,
    policy: {
      mode: 'audit',
      scope: { subscriptions: { exclude: [] } },
      holdTag: 'flowkeeper-hold',
      exemptions: [],
      rules: [
        {
          match: {},
          flowLog: { name: '{network}-{resourceGroup}-flowlog', retentionDays: 0, formatVersion: 2 },
          networkWatcher: 'create',
          existing: 'adopt',
        },
      ],
      limits: {
        settleSeconds: 30,
        lanesPerRegion: 2,
        attempts: 5,
        contestedAfter: 3,
        changesPerHour: null,
        pauseWhen: { failedShare: 0.5, outOf: 20, minutes: 30 },
        approveAbove: 50,
      },
    },
  });
});

test('locations and subscription ids are read in any spelling', () => {
  const text = document(
    { scope: { subscriptions: { exclude: ['ABCDEFAB-1111-4111-8111-111111111111'] } } },
    { destination: { 'West Europe': storageId('stlogswest') }, match: { locations: ['North Europe'] } },
  );
  expect(parsePolicy(text)).toMatchObject({
    ok: true,
    policy: {
      scope: { subscriptions: { exclude: ['abcdefab-1111-4111-8111-111111111111'] } },
      rules: [{ destination: { westeurope: storageId('stlogswest') }, match: { locations: ['northeurope'] } }],
    },
  });
});

const rule = (changes: object) => document({}, changes);
const exemption = (changes: object) => document({ exemptions: [{ reason: 'lab', ...changes }] });

describe('a mistake is told with its path', () => {
  test.each([
    { what: 'no document', text: null, path: '' },
    { what: 'another version', text: document({ version: 2 }), path: 'version' },
    { what: 'an unknown mode', text: document({ mode: 'Enforce' }), path: 'mode' },
    { what: 'no rules', text: document({ rules: [] }), path: 'rules' },
    {
      what: 'a subscription that is no GUID',
      text: document({ scope: { subscriptions: { include: ['prod'] } } }),
      path: 'scope.subscriptions.include[0]',
    },
    {
      what: 'an empty list of included subscriptions',
      text: document({ scope: { subscriptions: { include: [] } } }),
      path: 'scope.subscriptions.include',
    },
    { what: 'an empty hold tag', text: document({ holdTag: '' }), path: 'holdTag' },
    { what: 'an exemption of nothing', text: exemption({}), path: 'exemptions[0]' },
    {
      what: 'an exemption without reason',
      text: exemption({ reason: '', tag: { name: 'x' } }),
      path: 'exemptions[0].reason',
    },
    {
      what: 'an expiry without time zone',
      text: exemption({ tag: { name: 'x' }, expires: '2027-01-01T00:00:00' }),
      path: 'exemptions[0].expires',
    },
    { what: 'a rule without name', text: rule({ name: '' }), path: 'rules[0].name' },
    { what: 'an empty match list', text: rule({ match: { locations: [] } }), path: 'rules[0].match.locations' },
    { what: 'no destination', text: rule({ destination: {} }), path: 'rules[0].destination' },
    {
      what: 'a destination that is no storage account',
      text: rule({ destination: { westeurope: identityId('id-west') } }),
      path: 'rules[0].destination.westeurope',
    },
    {
      what: 'a location that can be none',
      text: rule({ destination: { 'west-europe': storageId('st') } }),
      path: 'rules[0].destination.west-europe',
    },
    { what: 'an unknown kind of identity', text: rule({ identity: { kind: 'mine' } }), path: 'rules[0].identity.kind' },
    {
      what: 'a resource group that is none',
      text: rule({ identity: { kind: 'ours', resourceGroupId: 'rg', name: 'id-{account}' } }),
      path: 'rules[0].identity.resourceGroupId',
    },
    {
      what: 'a given identity that is none',
      text: rule({ identity: { kind: 'given', identityId: { westeurope: storageId('st') } } }),
      path: 'rules[0].identity.identityId.westeurope',
    },
    {
      what: 'a retention over a year',
      text: rule({ flowLog: { retentionDays: 366 } }),
      path: 'rules[0].flowLog.retentionDays',
    },
    { what: 'half a day', text: rule({ flowLog: { retentionDays: 0.5 } }), path: 'rules[0].flowLog.retentionDays' },
    { what: 'another format', text: rule({ flowLog: { formatVersion: 3 } }), path: 'rules[0].flowLog.formatVersion' },
    { what: 'an unknown way with watchers', text: rule({ networkWatcher: 'maybe' }), path: 'rules[0].networkWatcher' },
    { what: 'an unknown way with logs', text: rule({ existing: 'replace' }), path: 'rules[0].existing' },
    { what: 'no lanes', text: document({ limits: { lanesPerRegion: 0 } }), path: 'limits.lanesPerRegion' },
    { what: 'too long a delay', text: document({ limits: { settleSeconds: 301 } }), path: 'limits.settleSeconds' },
    { what: 'no attempts', text: document({ limits: { attempts: 0 } }), path: 'limits.attempts' },
    { what: 'no repair', text: document({ limits: { contestedAfter: 0 } }), path: 'limits.contestedAfter' },
    { what: 'no changes', text: document({ limits: { changesPerHour: 0 } }), path: 'limits.changesPerHour' },
    {
      what: 'a share of nothing',
      text: document({ limits: { pauseWhen: { failedShare: 0 } } }),
      path: 'limits.pauseWhen.failedShare',
    },
  ])('$what', ({ text, path }) => {
    expect(pathsOf(text)).toEqual([path]);
  });

  test.each([
    { where: 'the document', text: document({ exemption: [] }), name: 'exemption', path: '', mean: 'exemptions' },
    { where: 'a rule', text: rule({ destinations: {} }), name: 'destinations', path: 'rules[0]', mean: 'destination' },
    {
      where: 'a match',
      text: rule({ match: { location: 'x' } }),
      name: 'location',
      path: 'rules[0].match',
      mean: 'locations',
    },
    { where: 'a flow log', text: rule({ flowLog: { days: 3 } }), name: 'days', path: 'rules[0].flowLog', mean: null },
    { where: 'the limits', text: document({ limits: { lanes: 3 } }), name: 'lanes', path: 'limits', mean: null },
    {
      where: 'an identity',
      text: rule({ identity: { kind: 'none', name: 'id' } }),
      name: 'name',
      path: 'rules[0].identity',
      mean: null,
    },
    {
      where: 'an exemption',
      text: exemption({ tag: { name: 'x' }, until: 'x' }),
      name: 'until',
      path: 'exemptions[0]',
      mean: null,
    },
  ])(
    'a field that $where does not have, with the one that was meant or all there are',
    ({ text, name, path, mean }) => {
      const message = expect.stringMatching(mean ? `did you mean ${mean}\\?$` : 'there are \\w+');
      expect(problemsOf(text)).toEqual([{ path: path === '' ? name : `${path}.${name}`, message }]);
    },
  );
});

test('all mistakes are told at once', () => {
  const text = document(
    { mode: 'on', limits: { attempts: 0 }, exemptions: [{ reason: '', tag: { name: 'x' } }] },
    { destination: { westeurope: 'st' }, existing: 'keep', flowLog: { retentionDays: -1 } },
  );
  expect(new Set(pathsOf(text))).toEqual(
    new Set([
      'mode',
      'exemptions[0].reason',
      'rules[0].destination.westeurope',
      'rules[0].flowLog.retentionDays',
      'rules[0].existing',
      'limits.attempts',
    ]),
  );
});

test('a mistake in one place hides none in another, whatever finds it', () => {
  const rules = [ruleOf({ flowLog: { name: '{x}' } }), ruleOf({ existing: 'keep' })];
  expect(pathsOf(document({ mode: 'on', rules }))).toEqual(['mode', 'rules[1].existing', 'rules[0].flowLog.name']);
});

describe('what may be written in more than one way', () => {
  const west = storageId('stlogswest');
  const ruleIn = (text: object) => {
    const parsed = parsePolicy(text);
    return parsed.ok ? parsed.policy.rules[0] : parsed.problems;
  };

  test('a single storage account serves the one location of its rule', () => {
    expect(ruleIn(rule({ destination: west, match: { locations: ['West Europe'] } }))).toMatchObject({
      destination: { westeurope: west },
    });
  });

  test.each([{}, { locations: ['westeurope', 'northeurope'] }])('and is refused where it matches %j', (match) => {
    expect(problemsOf(rule({ destination: west, match }))).toEqual([
      { path: 'rules[0].destination', message: expect.stringContaining('name it in match.locations') },
    ]);
  });

  test('one given identity and one workspace serve every location', () => {
    const destination = { westeurope: west, northeurope: storageId('stlogsnorth') };
    const workspaceResourceId = workspaceId('law');
    const identity = { kind: 'given', identityId: identityId('id') };
    expect(ruleIn(rule({ destination, identity, trafficAnalytics: { workspaceResourceId } }))).toMatchObject({
      identity: { identityId: { westeurope: identityId('id'), northeurope: identityId('id') } },
      trafficAnalytics: {
        workspaceResourceId: { westeurope: workspaceResourceId, northeurope: workspaceResourceId },
        intervalMinutes: 60,
      },
    });
  });

  test('a location whose workspace is missing is told', () => {
    const trafficAnalytics = { workspaceResourceId: { northeurope: workspaceId('law') } };
    expect(pathsOf(rule({ trafficAnalytics }))).toEqual(['rules[0].trafficAnalytics.workspaceResourceId.westeurope']);
  });

  test.each([
    {
      what: 'neither an account nor a map',
      text: rule({ destination: 3 }),
      path: 'rules[0].destination',
      says: /string or object/,
    },
    {
      what: 'a single id that is none',
      text: rule({ destination: 'st' }),
      path: 'rules[0].destination',
      says: /resource id of a Microsoft.Storage/,
    },
    {
      what: 'neither off nor where to',
      text: rule({ trafficAnalytics: 'on' }),
      path: 'rules[0].trafficAnalytics',
      says: /"off" or object/,
    },
    {
      what: 'an unknown flow state',
      text: rule({ flowLog: { recordTypes: ['B', 'X'] } }),
      path: 'rules[0].flowLog.recordTypes[1]',
      says: /"D"/,
    },
    {
      what: 'an interval between',
      text: rule({ trafficAnalytics: { workspaceResourceId: workspaceId('l'), intervalMinutes: 30 } }),
      path: 'rules[0].trafficAnalytics.intervalMinutes',
      says: /10.*60/,
    },
    {
      what: 'a path as management group',
      text: document({ scope: { managementGroups: { include: ['/providers/x/corp'] } } }),
      path: 'scope.managementGroups.include[0]',
      says: /short name/,
    },
  ])('$what is refused, with what to write instead', ({ text, path, says }) => {
    expect(problemsOf(text)).toEqual([{ path, message: expect.stringMatching(says) }]);
  });
});
