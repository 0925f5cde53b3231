import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { adjustableClock, type Clock } from '../core/clock.ts';
import { readSwitches } from '../core/switches.ts';
import { localTimes, recordedTimes, scaledTimes } from '../core/times.ts';
import type { World } from '../core/world.ts';
import { createWorld } from '../create-world.ts';
import { loadRoles } from '../custom-roles.ts';
import { readEstate, type Tenant, tenantSchema } from '../estate.ts';
import { growEstate } from '../grow-estate.ts';
import { type Database, openDatabase } from '../sqlite.ts';
import type { SimulatorOptions } from './simulator.ts';

/** The world as it was kept, or a new one with the estate. */
export function openWorld(
  database: Database,
  options: SimulatorOptions,
  clock: Clock,
  endpoints: Pick<World, 'endpoint' | 'blobEndpoint'>,
): World {
  const known = database.readValue('tenant');
  const given = known !== undefined || options.estate === undefined ? undefined : readEstate(options.estate);
  const estate =
    given && options.networks > 0 ? growEstate(given, options.networks, options.seed, options.drifted) : given;
  const tenant: Tenant =
    known === undefined
      ? (estate ?? { tenantId: randomUUID(), principals: [] })
      : tenantSchema.parse(JSON.parse(known));
  const world = createWorld({
    clock,
    tenant,
    estate,
    ...endpoints,
    persistence: database.persistence,
    times: scaledTimes(options.realTimes ? recordedTimes : localTimes, options.timeScale),
    seed: options.seed,
    roles: loadRoles(options.roles),
    switches: readSwitches(JSON.parse(database.readValue('switches') ?? '{}')),
  });
  database.writeValue('tenant', JSON.stringify({ tenantId: tenant.tenantId, principals: tenant.principals }));
  return world;
}

/** The database of a data folder, which is made where it is missing. The error says what to do when it cannot be read. */
export function openKept(folder: string): Database {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'arm.sqlite');
  try {
    return openDatabase(file);
  } catch (error) {
    throw new Error(
      `its state in ${file} cannot be read (${error instanceof Error ? error.message : error}); remove the file to begin anew.`,
    );
  }
}

/** A value that is made once and kept in the data folder. */
export async function kept(database: Database, name: string, make: () => string | Promise<string>): Promise<string> {
  const value = database.readValue(name) ?? (await make());
  database.writeValue(name, value);
  return value;
}

const clockState = z.object({ offset: z.number().default(0), frozenAt: z.number().optional() });

/** The clock as it was left. */
export function openClock(database: Database) {
  return adjustableClock(clockState.parse(JSON.parse(database.readValue('clock') ?? '{}')));
}

export function keepClock(database: Database, clock: ReturnType<typeof adjustableClock>): void {
  database.writeValue('clock', JSON.stringify(clock.state()));
}
