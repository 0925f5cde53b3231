import { grantFor } from '../core/authorize.ts';
import { type Json, type JsonObject, stringOf } from '../core/json.ts';
import { managementGroupsAbove } from '../core/management-groups.ts';
import { parseResourceId, resourceGroupType, subscriptionPath, subscriptionType } from '../core/resource-id.ts';
import type { Resource, ResourceBody } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { typeNamed } from '../core/world.ts';
import type { Row } from './compile.ts';
import type { Picture } from './picture.ts';

/** Rows and the columns that they have; the columns are known even when there are no rows. */
export type Table = { readonly columns: readonly string[]; readonly rows: readonly Row[] };

const columns = [
  'id',
  'name',
  'type',
  'tenantId',
  'kind',
  'location',
  'resourceGroup',
  'subscriptionId',
  'managedBy',
  'sku',
  'plan',
  'properties',
  'tags',
  'identity',
  'zones',
  'extendedLocation',
] as const;

// Everything else (locks, event subscriptions) lives in tables of its own, which are not here.
const trackedTypes = [
  'Microsoft.ManagedIdentity/userAssignedIdentities',
  'Microsoft.Storage/storageAccounts',
  'Microsoft.Network/virtualNetworks',
  'Microsoft.Network/networkInterfaces',
  'Microsoft.Compute/virtualMachines',
  'Microsoft.Network/networkWatchers',
  'Microsoft.Network/networkWatchers/flowLogs',
];

/** The tables of Resource Graph over some subscriptions, with only what a principal may read. */
export function tablesFor(
  world: World,
  picture: Picture,
  principalId: string,
  subscriptionIds: readonly string[],
): ReadonlyMap<string, () => Table> {
  const list = (types: readonly string[]) => {
    const resources = types.flatMap((type) =>
      subscriptionIds.flatMap((id) => readable(world, principalId, type, id, picture.list(world, type, id))),
    );
    return { columns, rows: resources.map((resource) => rowOf(world, resource)) };
  };
  return new Map([
    ['resources', () => list(trackedTypes)],
    ['resourcecontainers', () => list([subscriptionType, resourceGroupType])],
    ['authorizationresources', () => list(['Microsoft.Authorization/roleAssignments'])],
  ]);
}

/** Asks once for a subscription and type; only who has no right there is asked for each resource. */
function readable(
  world: World,
  principalId: string,
  type: string,
  subscriptionId: string,
  resources: readonly Resource[],
): readonly Resource[] {
  if (resources.length === 0) return resources;
  const action = `${typeNamed(world, type)?.actions ?? type}/read`;
  const may = (scope: string) => grantFor(world, principalId, action, scope) !== undefined;
  return may(subscriptionPath(subscriptionId)) ? resources : resources.filter(({ body }) => may(body.id));
}

// A resource is replaced when it changes, never changed, so its row stays right as long as it lives, unless it shows others, too.
const rows = new WeakMap<Resource, Row>();

function rowOf(world: World, resource: Resource): Row {
  const known = rows.get(resource);
  if (known !== undefined) return known;
  const inGraph = typeNamed(world, resource.body.type)?.inGraph;
  const made = newRow(world, resource.body, inGraph?.(world, resource.body) ?? resource.body.properties);
  if (inGraph === undefined) rows.set(resource, made);
  return made;
}

function newRow(world: World, body: ResourceBody, properties: JsonObject): Row {
  const id = parseResourceId(body.id);
  const group = body.type === resourceGroupType ? body.name : (id?.resourceGroup ?? '');
  const isSubscription = body.type === subscriptionType;
  return {
    id: body.id,
    name: isSubscription ? (stringOf(body.properties.displayName) ?? body.name) : body.name,
    type: graphType(body.type),
    tenantId: tenantOf(world, id?.subscriptionId ?? ''),
    kind: stringOf(body.kind) ?? '',
    location: body.location ?? '',
    resourceGroup: group.toLowerCase(),
    subscriptionId: id?.subscriptionId ?? '',
    managedBy: '',
    sku: jsonOf(body.sku),
    plan: null,
    properties: isSubscription
      ? {
          managedByTenants: [],
          managementGroupAncestorsChain: ancestorsChain(world, body.id),
          state: 'Enabled',
          subscriptionPolicies: {},
        }
      : properties,
    tags: jsonOf(body.tags),
    identity: jsonOf(body.identity),
    zones: null,
    extendedLocation: null,
  };
}

/** Nearest first, up to the tenant's root group, as published rows of `resourcecontainers` show it. */
function ancestorsChain(world: World, subscriptionId: string): Json {
  return managementGroupsAbove(world, subscriptionId).map((key) => {
    const group = world.store.get(key)?.body;
    const name = group?.name ?? key.slice(key.lastIndexOf('/') + 1);
    return { displayName: stringOf(group?.properties.displayName) ?? name, name };
  });
}

function tenantOf(world: World, subscriptionId: string): string {
  return stringOf(world.store.get(subscriptionPath(subscriptionId))?.body.properties.tenantId) ?? world.tenantId;
}

function graphType(type: string): string {
  return (type === resourceGroupType ? 'microsoft.resources/subscriptions/resourcegroups' : type).toLowerCase();
}

function jsonOf(value: Json | undefined): Json {
  return value ?? null;
}
