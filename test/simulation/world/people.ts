import { stringOf } from '../../../infra/local/arm/core/json.ts';
import { listInstances } from '../../../infra/local/host/durable/instances.ts';
import { chosen, type Draw, put, remove, resources, stringTags } from './acting.ts';
import { type Location, networkBody, networkId } from './estate.ts';
import { changeFlowLog, deleteFlowLog, disable, makeFlowLog, undoAgainAndAgain } from './flow-log-acts.ts';
import { changePolicyFor, retainFor, savePolicy } from './policy-acts.ts';
import { pick } from './random.ts';
import type { World } from './world.ts';

const mostActs = 10;
/** People and accidents are at work for so long. */
export const busySeconds = 4 * 60;

type Act = {
  readonly name: string;
  readonly likely: number;
  /** Not in a world in which nothing goes wrong. */
  readonly accident?: true;
  /** Mostly happens just before the watchdog looks. */
  readonly beforeTheMinute?: true;
  readonly act: (world: World, draw: Draw) => unknown;
};

/** What people, other tools and accidents do to the estate, the policy and the processes, each with its weight. */
const acts: readonly Act[] = [
  { name: 'a network is made', likely: 4, act: makeNetwork },
  { name: 'a network is written', likely: 4, act: (world, draw) => writeNetwork(world, draw, {}) },
  { name: 'a network is written over and over', likely: 1, act: writeNetworkOften },
  { name: 'a network is deleted', likely: 1, act: deleteNetwork },
  { name: 'a network is deleted and made again', likely: 1, act: remakeNetwork },
  {
    name: 'a network is exempted',
    likely: 1,
    act: (world, draw) => writeNetwork(world, draw, { 'flow-log': 'exempt' }),
  },
  {
    name: 'a network is held',
    likely: 1,
    act: (world, draw) => writeNetwork(world, draw, { 'flowkeeper-hold': holdUntil(world) }),
  },
  { name: 'a flow log is deleted', likely: 2, act: deleteFlowLog },
  { name: 'a flow log is disabled', likely: 2, act: (world, draw) => changeFlowLog(world, draw, { enabled: false }) },
  {
    name: 'a flow log is retained otherwise',
    likely: 1,
    act: (world, draw) => changeFlowLog(world, draw, { retentionPolicy: { days: 9, enabled: true } }),
  },
  { name: 'somebody makes a flow log', likely: 1, act: makeFlowLog },
  {
    name: 'another tool disables a flow log again and again',
    likely: 1,
    act: (world, draw) => undoAgainAndAgain(world, draw, disable),
  },
  {
    name: 'another tool deletes a flow log again and again',
    likely: 1,
    act: (world, draw) => undoAgainAndAgain(world, draw, (_, { id }) => remove(world, id)),
  },
  { name: 'an identity is deleted', likely: 1, act: deleteIdentity },
  { name: 'a role assignment is deleted', likely: 1, act: deleteRoleAssignment },
  { name: 'a person asks for a network', likely: 2, act: remediate },
  { name: 'the policy is stated anew', likely: 1, act: (world) => savePolicy(world, {}) },
  { name: 'the policy only audits', likely: 1, act: (world, draw) => changePolicyFor(world, draw, { mode: 'audit' }) },
  { name: 'the policy is off', likely: 1, act: (world, draw) => changePolicyFor(world, draw, { mode: 'off' }) },
  { name: 'the policy retains for longer', likely: 2, act: (world, draw) => retainFor(world, draw, 30) },
  {
    name: 'the app crashes',
    accident: true,
    likely: 3,
    act: (world, draw) => world.host.crashApp(1_000 + draw('down') * 20_000),
  },
  {
    name: 'the host crashes',
    accident: true,
    likely: 3,
    act: (world, draw) => world.host.crash(2_000 + draw('down') * 90_000),
  },
  { name: 'a new version is deployed', accident: true, likely: 2, act: (world) => world.host.deploy() },
  { name: 'a run is terminated', accident: true, beforeTheMinute: true, likely: 3, act: terminate },
];
const weights = acts.flatMap((act) => Array.from({ length: act.likely }, () => act));

/** Plans what people and accidents do in this world, at which second. `left out` acts are those that the world does not allow. */
export function planActs(world: World): void {
  const { random, timeline, gates, note } = world;
  const count = Math.floor(random('acts') * (mostActs + 1));
  for (let index = 0; index < count; index++) {
    const draw: Draw = (what) => random(`${what} of act ${index}`);
    const act = weights[Math.floor(draw('kind') * weights.length)];
    if (!act || (act.accident && world.healthy)) continue;
    const happen = () => {
      if (!gates.happens(`act ${index}: ${act.name}`)) return;
      const told = act.act(world, draw);
      if (typeof told === 'string') note(`   ${told}`);
    };
    const at = timeline.now() + draw('time') ** 2 * busySeconds * 1000;
    timeline.at(act.beforeTheMinute && draw('lurks') < 0.7 ? beforeNextMinute(at, draw('before')) : at, () => {
      if (act.beforeTheMinute || draw('lurks') < 0.5) return happen();
      gates.whenNext(pick(moments, draw('moment')), () => timeline.at(timeline.now() + draw('then') * 300, happen));
    });
  }
}

/** Up to eight seconds before the next minute, at which the watchdog runs. */
function beforeNextMinute(at: number, random: number): number {
  return Math.ceil(at / 60_000) * 60_000 - random * 8_000;
}

/** When most can go wrong: half of the acts wait for such a moment. */
const moments = [
  'activity takeBatch',
  'activity locate',
  'activity planNetwork',
  'activity requireDestination',
  'activity ensureFlowLog',
  'activity settleNetwork',
  'activity planDestination',
  'activity ensureIdentity',
  'activity ensureRoleAssignment',
  'activity settleDestination',
  'activity closeRun',
] as const;

function makeNetwork(world: World, draw: Draw): string {
  const { subscriptions, locations } = world.plan;
  const subscription = chosen(subscriptions, draw('subscription')) ?? '';
  const location = chosen(locations, draw('location')) ?? 'westeurope';
  const id = networkId(subscription, `vnet-new-${Math.floor(draw('name') * 3)}`);
  return put(world, id, networkBody(location));
}

function writeNetwork(world: World, draw: Draw, tags: Readonly<Record<string, string>>): string {
  const network = chosen(resources(world, 'Microsoft.Network/virtualNetworks'), draw('network'));
  if (!network) return 'there is none';
  const location = stringOf(network.location) as Location;
  return put(world, network.id, networkBody(location, { ...stringTags(network), ...tags }));
}

/** So often that it never settles, if nothing puts an end to that. */
function writeNetworkOften(world: World, draw: Draw): string {
  const { timeline, plan, note } = world;
  const times = Math.ceil(420 / plan.limits.settleSeconds);
  if (plan.limits.settleSeconds < 60) return 'it settles too fast for that';
  for (let time = 1; time <= times; time++)
    timeline.at(timeline.now() + time * plan.limits.settleSeconds * 900, () =>
      note(`   over and over: ${writeNetwork(world, draw, {})}`),
    );
  return writeNetwork(world, draw, {});
}

function deleteNetwork(world: World, draw: Draw): string {
  const network = chosen(resources(world, 'Microsoft.Network/virtualNetworks'), draw('network'));
  return network ? remove(world, network.id) : 'there is none';
}

function remakeNetwork(world: World, draw: Draw): string {
  const network = chosen(resources(world, 'Microsoft.Network/virtualNetworks'), draw('network'));
  if (!network) return 'there is none';
  const location = chosen(world.plan.locations, draw('location')) ?? 'westeurope';
  world.timeline.at(world.timeline.now() + 5_000 + draw('pause') * 60_000, () =>
    world.note(`   again: ${put(world, network.id, networkBody(location))}`),
  );
  return remove(world, network.id);
}

function deleteIdentity(world: World, draw: Draw): string {
  const identity = chosen(resources(world, 'Microsoft.ManagedIdentity/userAssignedIdentities'), draw('identity'));
  return identity ? remove(world, identity.id, '2024-11-30') : 'there is none';
}

function deleteRoleAssignment(world: World, draw: Draw): string {
  const given = resources(world, 'Microsoft.Authorization/roleAssignments').filter(({ properties }) =>
    stringOf(properties.roleDefinitionId)?.endsWith('ba92f5b4-2d11-453d-a403-e96b0029c9fe'),
  );
  const assignment = chosen(given, draw('assignment'));
  return assignment ? remove(world, assignment.id, '2022-04-01') : 'there is none';
}

function remediate(world: World, draw: Draw): string {
  const network = chosen(resources(world, 'Microsoft.Network/virtualNetworks'), draw('network'));
  if (!network) return 'there is none';
  void world.host
    .request('POST', '/api/remediations', JSON.stringify({ networks: [network.id] }))
    .then(({ status }) => world.note(`   the person was answered ${status}`));
  return network.id;
}

function terminate(world: World, draw: Draw): string {
  const live = listInstances(world.host.store.db, { statuses: ['Pending', 'Running'] }, '', 100);
  const lanes = live.filter(({ instanceId }) => /^(subscription|destination)-/.test(instanceId));
  const instance = chosen(draw('lane') < 0.8 ? lanes : live, draw('instance'));
  if (!instance) return 'there is none';
  const path = `/runtime/webhooks/durabletask/instances/${encodeURIComponent(instance.instanceId)}/terminate`;
  void world.host.request('POST', `${path}?reason=operator&code=key`);
  return instance.instanceId;
}

function holdUntil({ timeline }: World): string {
  return new Date(timeline.now() + 3 * 60_000).toISOString();
}
