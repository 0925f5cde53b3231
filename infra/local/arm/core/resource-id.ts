/**
 * A parsed ARM path. `key` is the id in lower case: ARM compares ids without case, so every map is keyed by it.
 * `scope` is what precedes the last `/providers/`; `type` is as written in the path, not yet canonical.
 */
export type ResourceId = {
  readonly id: string;
  readonly key: string;
  readonly scope: string;
  readonly subscriptionId: string | undefined;
  readonly resourceGroup: string | undefined;
  readonly type: string;
  readonly names: readonly string[];
  readonly name: string;
};

/** A path that names a collection (`…/virtualNetworks`): its type, and the resource id or scope that holds it. */
export type CollectionPath = {
  readonly type: string;
  readonly container: string;
  readonly subscriptionId: string | undefined;
};

export type ParsedPath =
  | { readonly kind: 'resource'; readonly id: ResourceId }
  | ({ readonly kind: 'collection' } & CollectionPath);

export const subscriptionType = 'Microsoft.Resources/subscriptions';
export const resourceGroupType = 'Microsoft.Resources/resourceGroups';

/** Splits a path (without query) into a resource id or a collection; `undefined` when it is neither. */
export function parsePath(path: string): ParsedPath | undefined {
  const segments = path.split('/').filter((segment) => segment !== '');
  const providers = segments.findLastIndex(
    (segment, index) => isProviders(segment) && (segments[index + 1] ?? '').includes('.'),
  );
  return providers < 0 ? parseContainer(segments) : parseProvider(segments, providers);
}

/** Parses a path that must be a resource id; `undefined` when it is not one. */
export function parseResourceId(id: string): ResourceId | undefined {
  const parsed = parsePath(id);
  return parsed?.kind === 'resource' ? parsed.id : undefined;
}

/** The id of the resource that a child (`…/networkWatchers/w/flowLogs/f`) lives in, else `undefined`. */
export function parentOf(id: ResourceId): string | undefined {
  return id.names.length < 2 ? undefined : id.id.split('/').slice(0, -2).join('/');
}

/** The subscription's id path, for grouping and events. */
export function subscriptionPath(subscriptionId: string): string {
  return `/subscriptions/${subscriptionId}`;
}

/** An id itself and every resource, group and subscription above it, outermost first. */
export function scopesFrom(id: string): readonly string[] {
  const segments = id.split('/').slice(1);
  const ends = segments.map((_, index) => index + 1).filter((end) => end % 2 === 0);
  return ends
    .map((end) => `/${segments.slice(0, end).join('/')}`)
    .filter((scope) => !/\/providers\/[^/]+$/i.test(scope));
}

/** The type path with its names, as error texts write it: `Microsoft.Network/virtualNetworks/v`. */
export function typedName(type: string, names: readonly string[]): string {
  const [namespace, ...types] = type.split('/');
  return [namespace, ...types.flatMap((part, index) => [part, names[index] ?? ''])].join('/');
}

function isProviders(segment: string): boolean {
  return segment.toLowerCase() === 'providers';
}

function parseContainer(segments: readonly string[]): ParsedPath | undefined {
  const [subscriptions, subscriptionId, groups, group, ...rest] = segments;
  if (subscriptions?.toLowerCase() !== 'subscriptions' || rest.length > 0) return undefined;
  if (subscriptionId === undefined)
    return { kind: 'collection', type: subscriptionType, container: '', subscriptionId: undefined };
  const container = subscriptionPath(subscriptionId);
  if (groups === undefined)
    return { kind: 'resource', id: resourceId(segments, '', subscriptionType, [subscriptionId]) };
  if (groups.toLowerCase() !== 'resourcegroups') return undefined;
  if (group === undefined) return { kind: 'collection', type: resourceGroupType, container, subscriptionId };
  return { kind: 'resource', id: resourceId(segments, container, resourceGroupType, [group]) };
}

function parseProvider(segments: readonly string[], providers: number): ParsedPath | undefined {
  const [namespace, ...rest] = segments.slice(providers + 1);
  if (namespace === undefined || rest.length === 0) return undefined;
  const type = [namespace, ...rest.filter((_, index) => index % 2 === 0)].join('/');
  const names = rest.filter((_, index) => index % 2 === 1);
  const scope = joined(segments.slice(0, providers));
  if (rest.length % 2 === 0) return { kind: 'resource', id: resourceId(segments, scope, type, names) };
  const container = rest.length === 1 ? scope : joined(segments.slice(0, -1));
  return { kind: 'collection', type, container, subscriptionId: subscriptionOf(segments) };
}

function resourceId(segments: readonly string[], scope: string, type: string, names: readonly string[]): ResourceId {
  const id = joined(segments);
  return {
    id,
    key: id.toLowerCase(),
    scope,
    subscriptionId: subscriptionOf(segments),
    resourceGroup: segments[2]?.toLowerCase() === 'resourcegroups' ? segments[3] : undefined,
    type,
    names,
    name: names.at(-1) ?? '',
  };
}

function subscriptionOf(segments: readonly string[]): string | undefined {
  return segments[0]?.toLowerCase() === 'subscriptions' ? segments[1] : undefined;
}

function joined(segments: readonly string[]): string {
  return segments.length === 0 ? '' : `/${segments.join('/')}`;
}
