import type { Clock } from './clock.ts';
import type { ResourceType } from './resource-type.ts';
import type { RoleDefinition } from './role-definition.ts';
import type { Store } from './store.ts';
import type { Switches } from './switches.ts';
import type { Times } from './times.ts';

/** A principal of the tenant that is not a resource of it. */
export type Principal = { readonly name: string; readonly clientId: string; readonly principalId: string };

/** Everything the simulator's parts work on; nothing of it is global. */
export type World = {
  readonly store: Store;
  readonly clock: Clock;
  readonly times: Times;
  readonly tenantId: string;
  /** The address that goes into poll URLs and next links, without a slash at its end. */
  readonly endpoint: string;
  /** Where the storage accounts' blobs can be listed, without a slash at its end; `undefined` = as in Azure, out of reach. */
  readonly blobEndpoint?: string | undefined;
  /** Resource types by their name in lower case. */
  readonly types: ReadonlyMap<string, ResourceType>;
  /** Built-in and custom role definitions by their GUID, custom ones also by the name of their file. */
  readonly roles: ReadonlyMap<string, RoleDefinition>;
  /** Service principals and users that are no resources: the estate's people and apps. */
  readonly principals: readonly Principal[];
  /** Where functions of function apps are reached, by their resource id in lower case: apps are no resources here. */
  readonly functions: ReadonlyMap<string, string>;
  readonly newGuid: () => string;
  /** For what happens only now and then. */
  readonly random: () => number;
  /** Actions that principals have taken or tried, by object id, each with the scope where it was first: what their roles are measured by. */
  readonly actionsAsked: Map<string, Map<string, string>>;
  switches: Switches;
};

/** The declaration of a resource type, whatever its casing. */
export function typeNamed(world: World, type: string): ResourceType | undefined {
  return world.types.get(type.toLowerCase());
}
