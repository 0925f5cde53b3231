import { parentNotFound, resourceGroupNotFound } from './arm-error.ts';
import { authorize, grantFor } from './authorize.ts';
import type { ArmRequest, ArmResponse } from './exchange.ts';
import { type CollectionPath, type ResourceId, subscriptionType } from './resource-id.ts';
import type { Resource, ResourceType } from './resource-type.ts';
import { etagHeader, shown } from './show.ts';
import { requireResource, requireSubscription } from './target.ts';
import type { World } from './world.ts';

/** Answers a GET of one resource. */
export function getResource(world: World, type: ResourceType, id: ResourceId, request: ArmRequest): ArmResponse {
  authorize(world, request.caller, `${type.actions ?? type.type}/read`, id.id);
  const resource = requireResource(world, type, id);
  return { status: 200, headers: etagHeader(world, resource), body: shown(world, resource) };
}

/** Answers a GET of a collection, a page at a time; `nextLink` leads to the next. */
export function listResources(
  world: World,
  type: ResourceType,
  path: CollectionPath,
  request: ArmRequest,
): ArmResponse {
  const action = `${type.actions ?? type.type}/read`;
  if (type.type !== subscriptionType) authorize(world, request.caller, action, path.container);
  requireSubscription(world, path.subscriptionId);
  requireContainer(world, path);
  const found = type.list?.(world, path.container, request.query) ?? world.store.list(type.type, path.container);
  const visible =
    type.type === subscriptionType ? found.filter(({ body }) => isVisible(world, request, action, body.id)) : found;
  const { page, last } = pageOf(visible, request.query.get('$skiptoken'), world.switches.pageSize);
  const next = last === undefined ? undefined : { nextLink: nextLink(world, request, last) };
  return { status: 200, headers: {}, body: { value: page.map((resource) => shown(world, resource)), ...next } };
}

function isVisible(world: World, request: ArmRequest, action: string, id: string): boolean {
  return grantFor(world, request.caller.principalId, action, id) !== undefined;
}

function requireContainer(world: World, path: CollectionPath): void {
  const segments = path.container.split('/').slice(1);
  const group = segments[2]?.toLowerCase() === 'resourcegroups' ? segments[3] : undefined;
  if (group !== undefined && world.store.get(`/${segments.slice(0, 4).join('/')}`) === undefined)
    throw resourceGroupNotFound(group);
  if (segments.length > 4 && world.store.get(path.container) === undefined) throw parentNotFound(segments.at(-1) ?? '');
}

function pageOf(found: readonly Resource[], skipToken: string | null, size: number) {
  const { key, index } = decoded(skipToken);
  const at = found.findIndex((resource) => resource.key === key) + 1;
  const start = skipToken === null ? 0 : at > 0 ? at : index;
  const page = found.slice(start, start + size);
  const lastKey = page.at(-1)?.key;
  const last =
    lastKey === undefined || start + size >= found.length ? undefined : { key: lastKey, index: start + size };
  return { page, last };
}

function nextLink(world: World, request: ArmRequest, last: { readonly key: string; readonly index: number }): string {
  const query = new URLSearchParams(request.query);
  query.set('$skiptoken', Buffer.from(`${last.index} ${last.key}`).toString('base64url'));
  return `${world.endpoint}${request.path}?${query}`;
}

function decoded(skipToken: string | null): { readonly key: string; readonly index: number } {
  const [index, ...key] = Buffer.from(skipToken ?? '', 'base64url')
    .toString()
    .split(' ');
  return { key: key.join(' '), index: Number(index) || 0 };
}
