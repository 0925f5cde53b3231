import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { z } from 'zod';
import { createActions } from '../actions.ts';
import { adjustableClock, type Clock } from '../core/clock.ts';
import { readSwitches } from '../core/switches.ts';
import { localTimes, recordedTimes, scaledTimes } from '../core/times.ts';
import type { World } from '../core/world.ts';
import { createWorld } from '../create-world.ts';
import { loadRoles } from '../custom-roles.ts';
import { readEstate, type Tenant, tenantSchema } from '../estate.ts';
import { createDeadLetters } from '../events/dead-letter.ts';
import { createEventGrid } from '../events/deliver.ts';
import { createFlowLogDelivery } from '../flow-log-delivery/deliver.ts';
import { growEstate } from '../grow-estate.ts';
import { type Database, openDatabase } from '../sqlite.ts';
import { createArmListener } from './arm-listener.ts';
import { openAzurite } from './azurite.ts';
import { createBlobEndpoint } from './blob-endpoint.ts';
import { createControlEndpoint } from './control-endpoint.ts';
import { createEngine } from './engine.ts';
import { createFaults } from './faults.ts';
import { createAppendRecord } from './flow-log-blobs.ts';
import { createFront } from './front.ts';
import { close, listen } from './http.ts';
import { createIdentityEndpoint, identityPath } from './identity-endpoint.ts';
import { journalLines, recordBlobServed, recordServed } from './journal.ts';
import { createRecorder } from './recorder.ts';
import { createThrottle } from './throttle.ts';
import { createTokens, newSigningKey } from './tokens.ts';

export type SimulatorOptions = {
  readonly data: string;
  readonly estate?: string;
  readonly networks: number;
  readonly port: number;
  readonly identityPort: number;
  readonly controlPort: number;
  readonly cert: string;
  readonly key: string;
  readonly realTimes: boolean;
  readonly timeScale: number;
  readonly seed: number;
  readonly record?: string;
  readonly roles?: string;
  readonly eventRetryScale: number;
  readonly blobStorage?: string;
  readonly storagePort: number;
  readonly flowLogSeconds: number;
};

/** Where the simulator can be reached. */
export type Addresses = {
  readonly armEndpoint: string;
  readonly identityEndpoint: string;
  readonly identityHeader: string;
  readonly controlUrl: string;
  /** Where the storage accounts' blobs are, each account under its name; only with `--blob-storage`. */
  readonly blobEndpoint?: string | undefined;
  readonly tenantId: string;
};

const clockState = z.object({ offset: z.number().default(0), frozenAt: z.number().optional() });

/** Starts the simulator on the state in its data folder, or on a new one with the estate. Everything listens when it resolves. */
export async function startSimulator(
  options: SimulatorOptions,
): Promise<{ readonly addresses: Addresses; stop(): Promise<void> }> {
  mkdirSync(options.data, { recursive: true });
  const database = openKept(join(options.data, 'arm.sqlite'));
  const certificate = { cert: readFileSync(options.cert), key: readFileSync(options.key) };
  const arm = createServer(certificate);
  const armEndpoint = `https://127.0.0.1:${await listen(arm, options.port)}`;
  const azurite = options.blobStorage === undefined ? undefined : openAzurite(options.blobStorage);
  const blobs = azurite === undefined ? undefined : createServer(certificate);
  const blobEndpoint =
    blobs === undefined ? undefined : `https://127.0.0.1:${await listen(blobs, options.storagePort)}`;
  const clock = adjustableClock(clockState.parse(JSON.parse(database.readValue('clock') ?? '{}')));
  const world = openWorld(database, options, clock, { endpoint: armEndpoint, blobEndpoint });

  const identityHeader = kept(database, 'identityHeader', () => randomBytes(32).toString('hex'));
  const signingKey = database.readValue('signingKey') ?? (await newSigningKey());
  database.writeValue('signingKey', signingKey);
  const tokens = await createTokens(signingKey, world.tenantId, armEndpoint);

  const deadLetters = options.blobStorage === undefined ? undefined : createDeadLetters(options.blobStorage);
  const eventGrid = createEventGrid(world, options.eventRetryScale, deadLetters, () => engine.wake());
  const pumps = [eventGrid.pump];
  if (azurite !== undefined) {
    const append = createAppendRecord(azurite);
    pumps.push(createFlowLogDelivery(world, append, options.flowLogSeconds, () => engine.wake()).pump);
  }
  const engine = createEngine(world, pumps);
  const faults = createFaults(world.random, world.store);
  const handle = createFront(world, createActions(), createThrottle(world.clock), faults);
  const record = options.record === undefined ? undefined : createRecorder(options.record);
  const listener = createArmListener(
    tokens,
    (request) => {
      const outcome = handle(request);
      if (request.method !== 'GET') engine.wake();
      return outcome;
    },
    (served) => {
      recordServed(database, served);
      record?.({ ...served, body: served.request?.body });
    },
  );
  arm.on('request', listener);
  if (azurite !== undefined)
    blobs?.on(
      'request',
      createBlobEndpoint(world, tokens, faults, azurite, (served) => recordBlobServed(database, served)),
    );
  const identity = createIdentityEndpoint(world, tokens, identityHeader);
  const control = createControlEndpoint({
    world,
    faults,
    journal: (since) => journalLines(database, since),
    deliveryCounts: eventGrid.counts,
    setClock: ({ advanceSeconds, frozen }) => {
      if (frozen === true) clock.freeze();
      if (frozen === false) clock.run();
      clock.advance(advanceSeconds * 1000);
      database.writeValue('clock', JSON.stringify(clock.state()));
      engine.wake();
    },
    keepSwitches: ({ switches }) => database.writeValue('switches', JSON.stringify(switches)),
  });
  const identityPort = await listen(identity, options.identityPort);
  const controlPort = await listen(control, options.controlPort);
  engine.wake();
  return {
    addresses: {
      armEndpoint,
      identityEndpoint: `http://127.0.0.1:${identityPort}${identityPath}`,
      identityHeader,
      blobEndpoint,
      controlUrl: `http://127.0.0.1:${controlPort}`,
      tenantId: world.tenantId,
    },
    async stop() {
      engine.stop();
      eventGrid.stop();
      await Promise.all([arm, identity, control, ...(blobs === undefined ? [] : [blobs])].map(close));
      database.close();
    },
  };
}

function openWorld(
  database: Database,
  options: SimulatorOptions,
  clock: Clock,
  endpoints: Pick<World, 'endpoint' | 'blobEndpoint'>,
): World {
  const known = database.readValue('tenant');
  const given = known !== undefined || options.estate === undefined ? undefined : readEstate(options.estate);
  const estate = given && options.networks > 0 ? growEstate(given, options.networks, options.seed) : given;
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

function openKept(file: string): Database {
  try {
    return openDatabase(file);
  } catch (error) {
    throw new Error(
      `its state in ${file} cannot be read (${error instanceof Error ? error.message : error}); remove the file to begin anew.`,
    );
  }
}

/** A value that is made once and kept in the data folder. */
function kept(database: Database, name: string, make: () => string): string {
  const value = database.readValue(name) ?? make();
  database.writeValue(name, value);
  return value;
}
