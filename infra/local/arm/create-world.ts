import { randomUUID } from 'node:crypto';
import type { Clock } from './core/clock.ts';
import { noPersistence, type Persistence } from './core/persistence.ts';
import { seededRandom } from './core/random.ts';
import type { RoleDefinition } from './core/role-definition.ts';
import { Store } from './core/store.ts';
import { defaultSwitches, type Switches } from './core/switches.ts';
import { localTimes, type Times } from './core/times.ts';
import type { World } from './core/world.ts';
import { loadRoles } from './custom-roles.ts';
import { type Estate, loadEstate, type Tenant } from './estate.ts';
import { resourceTypes } from './resource-types/all.ts';

/** What a world is made of; what is left out is as in the local run, and nothing is kept. */
export type WorldParts = {
  readonly clock: Clock;
  readonly tenant: Tenant;
  /** Loaded into the world, which has to be empty then. */
  readonly estate?: Estate | undefined;
  readonly endpoint?: string;
  readonly blobEndpoint?: string | undefined;
  readonly persistence?: Persistence;
  readonly times?: Times;
  readonly seed?: number;
  readonly newGuid?: () => string;
  readonly roles?: ReadonlyMap<string, RoleDefinition>;
  readonly functions?: ReadonlyMap<string, string>;
  readonly switches?: Partial<Switches>;
};

/** The simulated Azure without any socket: `createFront` or `answer` then answers requests on it, on whatever clock. */
export function createWorld(parts: WorldParts): World {
  const types = new Map(resourceTypes.map((type) => [type.type.toLowerCase(), type]));
  const world: World = {
    store: new Store(parts.persistence ?? noPersistence, types),
    clock: parts.clock,
    times: parts.times ?? localTimes,
    tenantId: parts.tenant.tenantId,
    principals: parts.tenant.principals,
    endpoint: parts.endpoint ?? 'https://management.azure.com',
    blobEndpoint: parts.blobEndpoint,
    types,
    roles: parts.roles ?? loadRoles(),
    functions: parts.functions ?? new Map(),
    newGuid: parts.newGuid ?? randomUUID,
    random: seededRandom(parts.seed ?? 1),
    actionsAsked: new Map(),
    switches: { ...defaultSwitches, ...parts.switches },
  };
  if (parts.estate !== undefined) loadEstate(world, parts.estate);
  return world;
}
