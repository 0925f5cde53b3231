import { type Json, objectOf } from '../../../infra/local/arm/core/json.ts';
import type { ResourceBody } from '../../../infra/local/arm/core/resource-type.ts';
import { chosen, type Draw, put, remove, resources } from './acting.ts';
import { type Location, watcherId } from './estate.ts';
import type { World } from './world.ts';

const flowLogs = 'Microsoft.Network/networkWatchers/flowLogs';
/** So long another tool goes on undoing what we do, whatever comes of it. */
const fightMs = 45 * 60_000;

export function deleteFlowLog(world: World, draw: Draw): string {
  const flowLog = chosen(resources(world, flowLogs), draw('log'));
  return flowLog ? remove(world, flowLog.id) : 'there is none';
}

/** With settings changed as somebody might, and no other. */
export function changeFlowLog(world: World, draw: Draw, properties: Readonly<Record<string, Json>>): string {
  const flowLog = chosen(resources(world, flowLogs), draw('log'));
  return flowLog ? putFlowLog(world, flowLog, properties) : 'there is none';
}

/** Somebody makes the flow log of a network that has none, under a name of theirs. */
export function makeFlowLog(world: World, draw: Draw): string {
  const recorded = new Set(resources(world, flowLogs).map(targetOf));
  const without = resources(world, 'Microsoft.Network/virtualNetworks').filter(({ id }) => !recorded.has(id));
  const network = chosen(without, draw('network'));
  if (!network) return 'every network has one';
  const [, , subscription = ''] = network.id.split('/');
  const location = network.location as Location;
  const storageId = world.plan.accounts.get(`${subscription} ${location}`) ?? '';
  return put(world, `${watcherId(subscription, location)}/flowLogs/theirs-${network.name}`, {
    location,
    tags: { owner: 'network-team' },
    properties: { targetResourceId: network.id, storageId, enabled: draw('enabled') < 0.5 },
  });
}

/** Another tool that will not have it: whenever it finds the network's flow log as we want it, it undoes that. */
export function undoAgainAndAgain(
  world: World,
  draw: Draw,
  undo: (world: World, flowLog: ResourceBody) => string,
): string {
  const target = targetOf(chosen(resources(world, flowLogs), draw('log')));
  if (!target) return 'there is none';
  const everyMs = 20_000 + draw('pause') * 40_000;
  for (let after = 0; after < fightMs; after += everyMs)
    world.timeline.at(world.timeline.now() + after, () => {
      const flowLog = resources(world, flowLogs).find((one) => targetOf(one) === target);
      if (flowLog?.properties.enabled !== true || flowLog.properties.provisioningState !== 'Succeeded') return;
      world.note(`   again and again: ${undo(world, flowLog)}`);
    });
  return target;
}

export function disable(world: World, flowLog: ResourceBody): string {
  return putFlowLog(world, flowLog, { enabled: false });
}

function targetOf(flowLog: ResourceBody | undefined): string {
  return String(flowLog?.properties.targetResourceId ?? '');
}

function putFlowLog(world: World, flowLog: ResourceBody, properties: Readonly<Record<string, Json>>): string {
  const { location, tags, identity } = flowLog;
  const { targetResourceId, storageId, enabled, retentionPolicy, format } = flowLog.properties;
  const kept = { targetResourceId, storageId, enabled, retentionPolicy, format };
  const body: Json = { location, tags, properties: { ...kept, ...properties } };
  return put(world, flowLog.id, identity === undefined ? body : { ...body, identity: bound(identity) });
}

/** An identity as it is sent, of one as it is shown. */
function bound(identity: Json): Json {
  const { type, userAssignedIdentities } = objectOf(identity);
  const ids = Object.keys(objectOf(userAssignedIdentities)).map((id) => [id, {}] as const);
  return { type, ...(ids.length > 0 ? { userAssignedIdentities: Object.fromEntries(ids) } : {}) };
}
