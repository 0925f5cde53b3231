import { expect, test } from 'vitest';
import type { JsonObject } from '../../infra/local/arm/core/json.ts';
import { endDueOperations } from '../../infra/local/arm/core/operations.ts';
import type { Switches } from '../../infra/local/arm/core/switches.ts';
import { silenceOf } from '../../infra/local/arm/flow-log-delivery/silence.ts';
import { assignment, estate, flowLog, identity, network, roles, storage } from './support/estate.ts';
import { startInProcess } from './support/in-process.ts';
import { interfaceIn, machine, machineWith, networkInterface, networkWithSubnet, subnet } from './support/machines.ts';

const logsPrincipal = '66666666-0000-4000-8000-000000000001';

/** An estate in which the log `fl` of `vnet-a` writes. */
function writing(switches: Partial<Switches> = {}) {
  const resources = [
    ...estate.resources.filter(({ id }) => ![identity('id-logs'), network('vnet-a')].includes(id)),
    ...everythingOf('vnet-a'),
    { id: identity('id-logs'), location: 'westeurope', properties: { principalId: logsPrincipal } },
    assignment(storage('stwest'), logsPrincipal, roles.blobContributor, 11),
  ];
  const simulator = startInProcess({ ...estate, resources }, { switches });
  const send = (method: string, path: string, body?: JsonObject) => {
    const answer = simulator.send(method, `${path}?api-version=${versionOf(path)}`, body);
    simulator.pass(400);
    endDueOperations(simulator.world);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  };
  const logTo = (changes: JsonObject = {}, target = network('vnet-a'), name = 'fl') =>
    send('PUT', flowLog(name), {
      location: 'westeurope',
      identity: { type: 'UserAssigned', userAssignedIdentities: { [identity('id-logs')]: {} } },
      properties: { targetResourceId: target, storageId: storage('stwest'), enabled: true },
      ...changes,
    });
  const silence = () => {
    const log = simulator.world.store.get(flowLog('fl'))?.body;
    return log === undefined ? 'NoLog' : silenceOf(simulator.world, log);
  };
  logTo();
  return { send, logTo, silence };
}

type Scene = ReturnType<typeof writing>;
const withoutIdentity = { identity: { type: 'None' } };
const account =
  (properties: JsonObject) =>
  ({ send }: Scene) =>
    send('PATCH', storage('stwest'), { properties });

test('a log whose identity holds the role writes, as does one without identity by the keys of the account', () => {
  const { silence, logTo } = writing();
  expect(silence()).toBeUndefined();
  logTo(withoutIdentity);
  expect(silence()).toBeUndefined();
});

const reasons: readonly (readonly [string, string, (scene: Scene) => void])[] = [
  [
    'disabled',
    'Disabled',
    ({ logTo }) => logTo({ properties: { targetResourceId: network('vnet-a'), storageId: storage('stwest') } }),
  ],
  [
    'its role taken away',
    'RoleMissing',
    ({ send }) => send('DELETE', assignment(storage('stwest'), logsPrincipal, roles.blobContributor, 11).id),
  ],
  ['its identity deleted', 'IdentityGone', ({ send }) => send('DELETE', identity('id-logs'))],
  [
    'its identity made anew',
    'IdentityRecreated',
    ({ send }) => {
      send('DELETE', identity('id-logs'));
      send('PUT', identity('id-logs'), { location: 'westeurope' });
    },
  ],
  [
    'a firewall without trusted services',
    'Firewall',
    account({ networkAcls: { defaultAction: 'Deny', bypass: 'None' } }),
  ],
  [
    'public access off without trusted services',
    'Firewall',
    account({ publicNetworkAccess: 'Disabled', networkAcls: { defaultAction: 'Allow', bypass: 'None' } }),
  ],
  ['a network security perimeter', 'Firewall', account({ publicNetworkAccess: 'SecuredByPerimeter' })],
  ['the account deleted', 'StorageAccountGone', ({ send }) => send('DELETE', storage('stwest'))],
  [
    'no identity, and keys forbidden',
    'KeysForbidden',
    (scene) => {
      scene.logTo(withoutIdentity);
      account({ allowSharedKeyAccess: false })(scene);
    },
  ],
  ['the only machine deallocated', 'NothingRuns', ({ send }) => send('POST', `${machine('vm-a')}/deallocate`)],
  ["the subnet's own log", 'NothingRuns', ({ logTo }) => logTo({}, subnet('vnet-a'), 'fl-subnet')],
  ["the interface's own log", 'NothingRuns', ({ logTo }) => logTo({}, networkInterface('nic-a'), 'fl-nic')],
  ['the network deleted', 'TargetGone', removeNetwork],
];

test.each(reasons)('silent with %s', (_what, reason, change) => {
  const scene = writing();
  change(scene);
  expect(scene.silence()).toBe(reason);
});

test.each([
  [
    'a firewall that lets trusted services in',
    account({ networkAcls: { defaultAction: 'Deny', bypass: 'Logging, AzureServices' } }),
  ],
  ['public access off, and trusted services let in', account({ publicNetworkAccess: 'Disabled' })],
  [
    'the machine stopped and started',
    ({ send }: Scene) => {
      send('POST', `${machine('vm-a')}/powerOff`);
      send('POST', `${machine('vm-a')}/start`);
    },
  ],
])('still writes with %s', (_what, change) => {
  const scene = writing();
  change(scene);
  expect(scene.silence()).toBeUndefined();
});

test.each([
  ['silent', 'TargetRecreated'],
  ['writes', undefined],
] as const)('the log of a network made anew: %s', (logOfRecreatedTarget, reason) => {
  const { send, silence } = writing({ logOfRecreatedTarget });
  removeNetwork({ send });
  for (const { id, ...body } of everythingOf('vnet-a')) send('PUT', id, body);
  expect(silence()).toBe(reason);
});

/** Azure refuses to delete what is in use. */
function removeNetwork({ send }: Pick<Scene, 'send'>): void {
  const ids = everythingOf('vnet-a').map(({ id }) => id);
  for (const used of ids.slice(0, 2)) expect(() => send('DELETE', used)).toThrow(/InUseSubnetCannotBeDeleted|NicInUse/);
  for (const id of ids.toReversed()) send('DELETE', id);
}

function everythingOf(name: string) {
  return [networkWithSubnet(name), interfaceIn(name, 'nic-a'), machineWith('nic-a', 'vm-a')];
}

function versionOf(path: string): string {
  if (/roleAssignments/.test(path)) return '2022-04-01';
  if (/storageAccounts/.test(path)) return '2026-09-01';
  if (/ManagedIdentity/.test(path)) return '2024-11-30';
  return /Compute/.test(path) ? '2025-04-01' : '2026-01-01';
}
