import { objectOf, stringOf } from '../core/json.ts';
import { managementGroupKey, managementGroupType } from '../core/management-groups.ts';
import { subscriptionType } from '../core/resource-id.ts';
import type { Resource, ResourceType } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { plainExtension } from './plain-resource.ts';

const apiVersions = ['2020-05-01', '2021-04-01', '2023-04-01'];

/** Management groups: an estate brings them, and says of each subscription in which one it is. */
export const managementGroups: ResourceType = {
  type: managementGroupType,
  apiVersions,
  home: 'tenant',
  verbs: [],
  etag: 'none',
  shape: (write) => plainExtension(write, managementGroupType),
};

/** What is below a management group, subscriptions and groups, at any depth. */
export const managementGroupDescendants: ResourceType = {
  type: `${managementGroupType}/descendants`,
  apiVersions,
  home: 'tenant',
  verbs: [],
  etag: 'none',
  shape: (write) => plainExtension(write, `${managementGroupType}/descendants`),
  list: (world, container) => below(world, container.toLowerCase()),
};

function below(world: World, key: string): readonly Resource[] {
  const subscriptions = world.store
    .list(subscriptionType)
    .filter(({ body }) => managementGroupKey(stringOf(body.properties.managementGroup) ?? '') === key)
    .map((found) => descendant(found, '/subscriptions', stringOf(found.body.properties.displayName), key));
  const groups = world.store
    .list(managementGroupType)
    .filter(({ body }) => stringOf(objectOf(objectOf(body.properties.details).parent).id)?.toLowerCase() === key);
  const children = groups.map((found) =>
    descendant(found, managementGroupType, stringOf(found.body.properties.displayName), key),
  );
  return [...children, ...subscriptions, ...groups.flatMap((group) => below(world, group.key))];
}

function descendant(
  { key, body, createdAt }: Resource,
  type: string,
  displayName: string | undefined,
  parent: string,
): Resource {
  return {
    key,
    createdAt,
    body: {
      id: body.id,
      name: body.name,
      type,
      properties: { displayName: displayName ?? body.name, parent: { id: parent } },
    },
  };
}
