import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createActions } from '../actions.ts';
import type { ArmRequest } from '../core/exchange.ts';
import { createDeadLetters } from '../events/dead-letter.ts';
import { createEventGrid } from '../events/deliver.ts';
import { createFlowLogDelivery } from '../flow-log-delivery/deliver.ts';
import { createArmListener, type Served } from './arm-listener.ts';
import { openAzurite } from './azurite.ts';
import { type BlobServed, createBlobEndpoint } from './blob-endpoint.ts';
import { createControlEndpoint } from './control-endpoint.ts';
import { createEngine } from './engine.ts';
import { createFaults } from './faults.ts';
import { createAppendRecord } from './flow-log-blobs.ts';
import { createFront } from './front.ts';
import { close, listen } from './http.ts';
import { createIdentityEndpoint, identityPath } from './identity-endpoint.ts';
import { journalLines, recordBlobServed, recordServed } from './journal.ts';
import { keepClock, kept, openClock, openKept, openWorld } from './kept-state.ts';
import { createRecorder } from './recorder.ts';
import { createThrottle } from './throttle.ts';
import { createTokens, newSigningKey } from './tokens.ts';

export type SimulatorOptions = {
  readonly data: string;
  readonly estate?: string;
  readonly networks: number;
  readonly drifted: number;
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

/** Starts the simulator on the state in its data folder, or on a new one with the estate. Everything listens when it resolves. */
export async function startSimulator(
  options: SimulatorOptions,
): Promise<{ readonly addresses: Addresses; stop(): Promise<void> }> {
  const database = openKept(options.data);
  const certificate = { cert: readFileSync(options.cert), key: readFileSync(options.key) };
  const arm = createServer(certificate);
  const armEndpoint = `https://127.0.0.1:${await listen(arm, options.port)}`;
  const azurite = options.blobStorage === undefined ? undefined : openAzurite(options.blobStorage);
  const blobs = azurite === undefined ? undefined : createServer(certificate);
  const blobEndpoint = blobs && `https://127.0.0.1:${await listen(blobs, options.storagePort)}`;
  const clock = openClock(database);
  const world = openWorld(database, options, clock, { endpoint: armEndpoint, blobEndpoint });
  const identityHeader = await kept(database, 'identityHeader', () => randomBytes(32).toString('hex'));
  const tokens = await createTokens(await kept(database, 'signingKey', newSigningKey), world.tenantId, armEndpoint);

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
  const answered = (request: ArmRequest) => {
    const outcome = handle(request);
    if (request.method !== 'GET') engine.wake();
    return outcome;
  };
  const served = (one: Served) => {
    recordServed(database, one);
    record?.({ ...one, body: one.request?.body });
  };
  arm.on('request', createArmListener(tokens, answered, served));
  if (azurite !== undefined) {
    const blobServed = (one: BlobServed) => recordBlobServed(database, one);
    blobs?.on('request', createBlobEndpoint(world, tokens, faults, azurite, blobServed));
  }
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
      keepClock(database, clock);
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
      await Promise.all([arm, identity, control, ...(blobs ? [blobs] : [])].map(close));
      database.close();
    },
  };
}
