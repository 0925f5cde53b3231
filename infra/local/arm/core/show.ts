import type { JsonObject } from './json.ts';
import type { Resource } from './resource-type.ts';
import { typeNamed, type World } from './world.ts';

/** A resource as a reader sees it: with the etag that its type shows and what is worked out at reading. */
export function shown(world: World, resource: Resource): JsonObject {
  const type = typeNamed(world, resource.body.type);
  const body =
    type?.etag === 'parent' ? { ...resource.body, etag: parentEtag(world, resource.body.id) } : resource.body;
  return type?.show?.(world, body) ?? body;
}

/** The `ETag` header of a resource; a flow log has none, although its body has an etag (recorded). */
export function etagHeader(world: World, resource: Resource): { readonly [name: string]: string } {
  const own = typeNamed(world, resource.body.type)?.etag === 'own' ? resource.body.etag : undefined;
  return own === undefined ? {} : { ETag: own };
}

function parentEtag(world: World, id: string): string | undefined {
  const parent = id.slice(0, id.lastIndexOf('/', id.lastIndexOf('/') - 1));
  return world.store.get(parent)?.body.etag;
}
