import { v5 } from 'uuid';
import { type JsonObject, objectOf, stringOf } from './core/json.ts';
import { seededRandom } from './core/random.ts';
import { subscriptionPath } from './core/resource-id.ts';
import type { Estate } from './estate.ts';

const nameSpace = '0f3b7f0e-2d55-4a53-8a5e-5c1f6d0b9a77';
const networksPerSubscription = 1_000;

type Listed = JsonObject & { readonly id: string };
type Kind = 'logged' | 'unlogged' | 'disabled';
/** Of the networks that have drifted, so many have no log; the others a disabled one. */
const unloggedShare = 0.6;

/**
 * An estate with so many more networks, in subscriptions of a thousand each: the same for the same seed. Whoever has a role on the
 * first subscription has it on the new ones. Networks have a flow log like one that the estate has in that location; of a hundred,
 * `drifted` have none or a disabled one. An estate without flow logs gets networks in `westeurope` without any.
 */
export function growEstate(estate: Estate, networks: number, seed: number, drifted = 5): Estate {
  const random = seededRandom(seed);
  const templates = templatesOf(estate);
  const count = Math.ceil(networks / networksPerSubscription);
  const added = Array.from({ length: count }, (_, index) => {
    const subscriptionId = v5(`subscription ${seed} ${index}`, nameSpace);
    const size = Math.min(networksPerSubscription, networks - index * networksPerSubscription);
    return { subscriptionId, displayName: `sub-grown-${padded(index, 3)}`, size, ...homeOf(estate) };
  });
  const resources = added.flatMap(({ subscriptionId, size }) => [
    ...rolesIn(estate, subscriptionId),
    ...groupsIn(subscriptionId, templates),
    ...Array.from({ length: size }, (_, index) => {
      const template = templates[Math.floor(random() * templates.length)] ?? { location: 'westeurope' };
      return networkIn(subscriptionId, index, template, kindOf(random() * 100, drifted));
    }).flat(),
  ]);
  return {
    ...estate,
    subscriptions: [...estate.subscriptions, ...added.map(({ size: _size, ...subscription }) => subscription)],
    resources: [...estate.resources, ...resources],
  };
}

type Template = { readonly location: string; readonly flowLog?: Listed };

/** One flow log of the estate for each location: the first that is enabled and has an identity. */
function templatesOf({ resources }: Estate): readonly Template[] {
  const logs = (resources as readonly Listed[]).filter(
    ({ id, identity, properties }) =>
      /\/flowLogs\/[^/]+$/i.test(id) && objectOf(properties).enabled === true && identity !== undefined,
  );
  const byLocation = new Map(logs.toReversed().map((flowLog) => [stringOf(flowLog.location) ?? '', flowLog]));
  return [...byLocation].map(([location, flowLog]) => ({ location, flowLog }));
}

function homeOf({ subscriptions: [first] }: Estate) {
  return first?.managementGroup === undefined ? undefined : { managementGroup: first.managementGroup };
}

function kindOf(percent: number, drifted: number): Kind {
  if (percent < drifted * unloggedShare) return 'unlogged';
  return percent < drifted ? 'disabled' : 'logged';
}

function rolesIn({ subscriptions: [first], resources }: Estate, subscriptionId: string): readonly Listed[] {
  if (first === undefined) return [];
  const own = `${subscriptionPath(first.subscriptionId)}/providers/Microsoft.Authorization/roleAssignments/`;
  return (resources as readonly Listed[])
    .filter(({ id }) => id.startsWith(own))
    .map((assignment) => {
      const scope = subscriptionPath(subscriptionId);
      const name = v5(assignment.id, subscriptionId);
      const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
      return { id, properties: { ...objectOf(assignment.properties), scope } };
    });
}

function groupsIn(subscriptionId: string, templates: readonly Template[]): readonly Listed[] {
  const groups = ['rg-networks', 'NetworkWatcherRG'].map((name) => ({
    id: `${subscriptionPath(subscriptionId)}/resourceGroups/${name}`,
    location: templates[0]?.location ?? 'westeurope',
  }));
  return [...groups, ...templates.map(({ location }) => ({ id: watcherIn(subscriptionId, location), location }))];
}

function networkIn(subscriptionId: string, index: number, { location, flowLog }: Template, kind: Kind): Listed[] {
  const name = `vnet-${padded(index, 4)}`;
  const id = `${subscriptionPath(subscriptionId)}/resourceGroups/rg-networks/providers/Microsoft.Network/virtualNetworks/${name}`;
  const addressSpace = { addressPrefixes: [`10.${index % 256}.0.0/16`] };
  const resourceGuid = v5(id, nameSpace);
  const network = { id, location, properties: { addressSpace, resourceGuid } };
  if (flowLog === undefined || kind === 'unlogged') return [network];
  const properties = { ...objectOf(flowLog.properties), targetResourceId: id, targetResourceGuid: resourceGuid };
  const log = { ...flowLog, id: `${watcherIn(subscriptionId, location)}/flowLogs/${name}-flowlog` };
  return [network, { ...log, properties: { ...properties, enabled: kind === 'logged' } }];
}

function watcherIn(subscriptionId: string, location: string): string {
  return `${subscriptionPath(subscriptionId)}/resourceGroups/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers/NetworkWatcher_${location}`;
}

function padded(index: number, digits: number): string {
  return String(index + 1).padStart(digits, '0');
}
