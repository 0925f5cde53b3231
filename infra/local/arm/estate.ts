import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isError, newEtag, withState } from './core/changes.ts';
import { type JsonObject, objectOf, stringOf } from './core/json.ts';
import { parseResourceId, subscriptionPath } from './core/resource-id.ts';
import type { ResourceBody, ResourceType } from './core/resource-type.ts';
import { canonicalId } from './core/target.ts';
import { typeNamed, type World } from './core/world.ts';

/** The tenant: its id, and its people and apps that are no resources. */
export const tenantSchema = z.object({
  tenantId: z.string(),
  principals: z.array(z.object({ name: z.string(), clientId: z.string(), principalId: z.string() })).default([]),
});

export type Tenant = z.infer<typeof tenantSchema>;

const estateSchema = tenantSchema.extend({
  subscriptions: z.array(
    z.object({
      subscriptionId: z.string(),
      displayName: z.string(),
      tenantId: z.string().optional(),
      managementGroup: z.string().optional(),
    }),
  ),
  resources: z.array(z.looseObject({ id: z.string() })),
});

/** An estate to begin with: its tenant, people and apps, subscriptions, and resources in ARM's own form. */
export type Estate = z.infer<typeof estateSchema>;

/** Reads an estate file; the error names the file and everything that is wrong in it. */
export function readEstate(file: string): Estate {
  const result = estateSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (result.success) return result.data;
  throw new Error(`The estate file ${file} cannot be used:\n${z.prettifyError(result.error)}`);
}

/**
 * Puts an estate into an empty world, as if it had been there for long: no rules are asked, no events raised, so an
 * estate may hold what Azure would refuse today (a log whose identity is gone).
 */
export function loadEstate(world: World, estate: Estate): void {
  const subscriptions = estate.subscriptions.map((subscription) => ({
    ...subscription,
    id: subscriptionPath(subscription.subscriptionId),
  }));
  for (const resource of inOrderOfTypes(world, [...subscriptions, ...estate.resources])) {
    loadResource(world, resource as JsonObject & { readonly id: string });
  }
  world.store.commit();
}

function inOrderOfTypes(world: World, resources: readonly { readonly id: string }[]) {
  const order = [...world.types.values()];
  const rank = ({ id }: { readonly id: string }) => order.indexOf(typeOf(world, id));
  return resources
    .map((resource) => ({ resource, rank: rank(resource) }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ resource }) => resource);
}

function loadResource(world: World, given: JsonObject & { readonly id: string }): void {
  const type = typeOf(world, given.id);
  const path = parseResourceId(given.id);
  if (path === undefined) throw new Error(`The estate names '${given.id}', which is not the id of a resource.`);
  const id = canonicalId(world, type, path);
  const properties = objectOf(given.properties);
  // What an estate says about ids that Azure would choose (principalId, resourceGuid) is kept, as if it were there before.
  const before: ResourceBody = { id: id.id, name: id.name, type: type.type, properties };
  const shaped = type.shape({ world, id, body: given, before, principalId: '' });
  const completed = type.complete?.(world, shaped) ?? shaped;
  const state = stringOf(properties.provisioningState) ?? 'Succeeded';
  const body = withState(isError(completed) ? shaped : completed, state);
  const tagged = type.etag === 'own' ? { ...body, etag: newEtag(world) } : body;
  if (type.part === undefined) world.store.put({ key: tagged.id.toLowerCase(), body: tagged, createdAt: 0 });
  else type.part.put(world, tagged);
}

function typeOf(world: World, id: string): ResourceType {
  const type = typeNamed(world, parseResourceId(id)?.type ?? '');
  if (type === undefined) throw new Error(`The estate names '${id}', whose resource type the simulator does not have.`);
  return type;
}
