import { describe, expect, test } from 'vitest';
import { logsOf, overridingLogs } from '../../shared/decide/logs-of-network.ts';
import { reportedDrifts } from '../../shared/decide/reported-drifts.ts';
import { planNetwork } from '../../shared/plan/plan-network.ts';
import { desired, flowLog, flowLogId, network, networkId, principalId, watcherId } from './support/samples.ts';

const log = (name: string, target = networkId, changes: object = {}) =>
  flowLog({ id: `${watcherId}/flowLogs/${name}`, targetResourceId: target, ...changes });
const nic = networkId.replace('virtualNetworks/vnet-app', 'networkInterfaces/nic-1');
const nothing = { flowLogIds: [flowLogId], overridingLogs: [], destinationWarnings: [] };

describe('the log that serves a network', () => {
  const isOurs = (tags: object) => 'ours' in tags;
  const ids = (...logs: ReturnType<typeof log>[]) =>
    logsOf(networkId, logs, isOurs).map(({ id }) => id.split('/').at(-1));

  test('is ours where there are several, else the first by id, in whatever order Azure lists them', () => {
    expect(ids(log('a'), log('b', networkId, { tags: { ours: '' } }))).toEqual(['b', 'a']);
    expect(ids(log('c'), log('B'))).toEqual(['B', 'c']);
  });

  test("is none of another network's, nor of a subnet's", () => {
    expect(ids(log('a', `${networkId}-2`), log('b', `${networkId}/subnets/s`))).toEqual([]);
  });
});

describe('logs that record in the place of the one of the network', () => {
  test.each([
    { what: 'of its subnets', logs: [log('s', `${networkId}/subnets/s`)], found: ['s'] },
    { what: 'of its subnets in another case', logs: [log('s', `${networkId}/SUBNETS/s`.toUpperCase())], found: ['s'] },
    { what: 'not one that is off', logs: [log('s', `${networkId}/subnets/s`, { enabled: false })], found: [] },
    {
      what: 'not of the subnets of a network whose name begins alike',
      logs: [log('s', `${networkId}2/subnets/s`)],
      found: [],
    },
    { what: 'of an interface that is known to be in it', logs: [log('nic', nic)], found: ['nic'] },
    { what: 'not of any other interface', logs: [log('other', nic)], found: [] },
  ])('are those $what', ({ logs, found }) => {
    const known = [`${watcherId}/flowLogs/NIC`];
    expect(overridingLogs(networkId, logs, known).map(({ id }) => id.split('/').at(-1))).toEqual(found);
  });
});

describe('what is reported and not mended', () => {
  test.each([
    {
      check: 'duplicateLogs',
      change: { flowLogIds: [flowLogId, `${flowLogId}-2`] },
      expected: [flowLogId],
      actual: [flowLogId, `${flowLogId}-2`],
    },
    { check: 'overridingLogs', change: { overridingLogs: ['log'] }, expected: [], actual: ['log'] },
    {
      check: 'identityGone',
      change: { destinationWarnings: [{ code: 'IdentityMissing', message: 'gone', resourceId: '/id' }] },
      expected: '/id',
      actual: null,
    },
    {
      check: 'roleAssignmentMissing',
      change: { destinationWarnings: [{ code: 'RoleAssignmentMissing', message: 'gone', resourceId: '/st' }] },
      expected: 'Storage Blob Data Contributor',
      actual: null,
    },
    {
      check: 'identityHasMoreRights',
      change: { destinationWarnings: [{ code: 'IdentityHasMoreRights', message: 'Owner at /', resourceId: '/id' }] },
      expected: 'Storage Blob Data Contributor',
      actual: 'Owner at /',
    },
  ])('$check', ({ change, ...drift }) => {
    expect(reportedDrifts({ ...nothing, ...change })).toEqual([drift]);
  });

  test('is told beside what is mended, and alone changes nothing', () => {
    const observed = {
      network: network(),
      flowLogs: [flowLog()],
      overridingLogs: ['log'],
      destinationWarnings: [],
      principalId,
      isOurs: () => true,
    };
    const intent = { kind: 'desired', mode: 'enforce', heldUntil: null, desired: desired() } as const;
    expect(planNetwork(intent, observed)).toMatchObject({
      verdict: { state: 'NonCompliant', drifts: [{ check: 'overridingLogs' }] },
      change: null,
      because: 'report',
    });
    expect(planNetwork(intent, { ...observed, flowLogs: [flowLog({ enabled: false })] })).toMatchObject({
      verdict: { drifts: [{ check: 'disabled' }, { check: 'overridingLogs' }] },
      change: { kind: 'update' },
      because: null,
    });
  });
});
