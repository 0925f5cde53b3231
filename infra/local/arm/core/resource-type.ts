import type { Attributes } from './condition.ts';
import type { ErrorBody } from './exchange.ts';
import type { JsonObject } from './json.ts';
import type { ResourceId } from './resource-id.ts';
import type { World } from './world.ts';

/** A resource as it is stored; `key` is its id in lower case. */
export type Resource = {
  readonly key: string;
  readonly body: ResourceBody;
  readonly createdAt: number;
};

/** A resource as ARM shows it. */
export type ResourceBody = JsonObject & {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location?: string | undefined;
  readonly tags?: JsonObject | undefined;
  readonly etag?: string | undefined;
  readonly identity?: JsonObject | undefined;
  readonly properties: JsonObject;
};

/** A write that a resource type is asked about: the canonical id, the body as sent, what was there before. */
export type Write = {
  readonly world: World;
  readonly id: ResourceId;
  readonly body: JsonObject;
  readonly before: ResourceBody | undefined;
  /** The object id of the caller, for bodies that record who made them. */
  readonly principalId: string;
};

/** A right that a write needs on another resource than its own (`LinkedAuthorizationFailed` without it). */
export type LinkedRight = { readonly action: string; readonly scope: string };

/** A resource that Azure itself makes some time after a write, unless it is there by then. */
export type FollowUp = { readonly afterMilliseconds: number; readonly id: string; readonly body: JsonObject };

/** How long a write or a delete runs; a verb without it is answered at once. */
export type Durations = {
  readonly put?: (world: World, before: ResourceBody | undefined) => number;
  readonly delete?: (world: World) => number;
};

/**
 * A resource type, declared: everything else (ids, versions, rights, locks, operations, lists, events) is the same
 * for all and lives in the core. Every function is pure but for reading the world.
 */
export type ResourceType = {
  /** The name in Azure's own casing, also the prefix of its actions unless `actions` says otherwise. */
  readonly type: string;
  readonly actions?: string;
  readonly apiVersions: readonly string[];
  /** Where it lives: those of a resource group nowhere else, `extension` types on any scope. */
  readonly home: 'tenant' | 'subscription' | 'resourceGroup' | 'extension';
  /** Verbs other than GET that it has. */
  readonly verbs: readonly ('PUT' | 'PATCH' | 'DELETE')[];
  /** Whose etag it shows: its own, its parent's (a flow log shows its watcher's), or none. */
  readonly etag: 'own' | 'parent' | 'none';
  readonly durations?: Durations;
  /** How the operations of this type are answered: recorded for Network, a bare `Location` for resource groups. */
  readonly polling?: 'azureAsyncOperation' | 'location';
  /** The resource's id in Azure's casing, where it is unusual. */
  readonly canonicalId?: (id: string) => string;
  /** The stored body for a write; refuses (ArmError) only what it cannot read. Also used to load an estate. */
  readonly shape: (write: Write) => ResourceBody;
  /** Refuses (ArmError) what Azure refuses; not asked when an estate is loaded. */
  readonly check?: (write: Write, after: ResourceBody) => void;
  /** The body for a PATCH; tags only unless given. */
  readonly patch?: (write: Write) => ResourceBody;
  /** Refuses a delete. */
  readonly checkDelete?: (world: World, resource: ResourceBody) => void;
  /** The body once the write is done, or the error with which its operation ends. */
  readonly complete?: (world: World, body: ResourceBody) => ResourceBody | ErrorBody;
  /** Ids of other resources that are held exclusively while this one is written. */
  readonly holds?: (body: ResourceBody) => readonly string[];
  readonly linkedRights?: (world: World, after: ResourceBody) => readonly LinkedRight[];
  /** What conditions of role assignments can ask about a resource of this type, as sent or as stored. */
  readonly attributes?: (properties: JsonObject) => Attributes;
  /** Index entries under which this resource can be found with `store.referring`. */
  readonly references?: (body: ResourceBody) => readonly string[];
  readonly followUps?: (world: World, body: ResourceBody) => readonly FollowUp[];
  /** Ids of resources that go when this one goes, besides its children. */
  readonly takesAlong?: (world: World, body: ResourceBody) => readonly string[];
  /** What a reader sees, where it differs from what is stored. */
  readonly show?: (world: World, body: ResourceBody) => JsonObject;
  /** The properties that Resource Graph shows, where they are not those that are stored. */
  readonly inGraph?: (world: World, body: ResourceBody) => JsonObject;
  /** How a resource is kept that is a part of its parent's body (a subnet), where `find` finds it. */
  readonly part?: {
    readonly put: (world: World, body: ResourceBody) => void;
    readonly remove: (world: World, body: ResourceBody) => void;
  };
  /** Finds resources that are not in the store of their own (role definitions, subnets). */
  readonly find?: (world: World, id: ResourceId) => Resource | undefined;
  /** What a list shows, for types whose lists are more than what is filed under the container. */
  readonly list?: (world: World, container: string, query: URLSearchParams) => readonly Resource[];
  /** Whether a write while the same resource is being written replaces that operation, or is refused. */
  readonly supersedes?: boolean;
  /** 404 for this type, where it is not ARM's usual one. */
  readonly notFound?: (id: ResourceId) => Error;
  /** What a PUT that is done at once answers; left out: 201 where the resource is new, else 200. */
  readonly putStatus?: 200 | 201;
  /** A DELETE that is done at once answers with what was deleted. */
  readonly showsDeleted?: boolean;
  /** What a DELETE of something absent answers, where that is not 204. */
  readonly missingOnDelete?: (id: ResourceId) => Error;
};
