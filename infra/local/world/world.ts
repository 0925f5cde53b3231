import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { destinationsOf } from '../../../shared/policy/destinations.ts';
import { parsePolicy } from '../../../shared/policy/parse-policy.ts';
import { ensureCertificates, trustAuthority } from './certificate.ts';
import { appSettings, storageConnectionString } from './child-environment.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { type EnvironmentFile, removeEnvironmentFile, writeEnvironmentFile } from './env-file.ts';
import { principalNamed, readEstateFile, subscriptionsOf } from './estate-file.ts';
import { joinHost } from './joined-host.ts';
import { ensurePolicy, registerEvents } from './onboarding.ts';
import { choosePorts, keepPorts, type Ports } from './ports.ts';
import type { ArmReady, AzuriteReady, HostReady } from './ready-messages.ts';
import { StartError } from './start-error.ts';
import type { SupervisedChild } from './supervisor.ts';
import type { World, WorldOptions } from './world-options.ts';
import { portOf, startArm, startAzurite, startHost } from './world-parts.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const exampleEstate = join(root, 'infra/local/example/estate.json');
const examplePolicy = join(root, 'infra/local/example/policy.json');
const formerRunPatienceMs = 5000;

type Child = Pick<SupervisedChild<unknown>, 'giveUp' | 'stop' | 'lost'>;

/**
 * Starts the stand-ins for Azure and the function app on them, and resolves when all is ready and `env.json` is there: ARM simulator
 * with its identity endpoint, Azurite, Functions host; events subscribed, policy stated. With `functionsUrl` the host is somebody else's:
 * then it is ready without it, and subscribes and states once the host answers. It prints nothing and brings back, on its
 * former ports, what is killed. Rejects with a StartError that says in one line what is in the way; nothing is left running then.
 */
export async function startWorld(options: WorldOptions): Promise<World> {
  const appDir = options.appDir ?? root;
  const folder = openDataFolder(options.dataDir, { fresh: options.fresh ?? false });
  const children: Child[] = [];
  const stop = once(async () => {
    for (const child of children) child.giveUp();
    // The function app first, so that nothing it does then fails for want of ARM or storage.
    for (const child of children.toReversed()) await child.stop();
    removeEnvironmentFile(folder.path);
    folder.release();
  });
  const abort = () => void Promise.all(children.map((child) => child.stop()));
  options.abort?.addEventListener('abort', abort);
  try {
    const parts = await startParts(options, folder, appDir, children);
    options.abort?.throwIfAborted();
    const lost = Promise.race(children.map((child) => child.lost));
    return { dataDir: folder.path, isNew: folder.isNew, ...parts, lost, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    options.abort?.removeEventListener('abort', abort);
  }
}

async function startParts(
  options: WorldOptions,
  folder: DataFolder,
  appDir: string,
  children: Child[],
): Promise<Pick<World, 'environment' | 'appSettings'>> {
  if (options.functionsUrl === undefined) requireBuild(appDir);
  const dir = folder.path;
  const patienceMs = folder.wasKilled ? formerRunPatienceMs : 0;
  const asked = { functions: options.functionsPort ?? 0, arm: options.armPort ?? 0 };
  const place = { dir, ports: await choosePorts(dir, asked, patienceMs) };
  const certificates = await ensureCertificates(join(dir, 'certs'), new Date());
  const estateFile = keptEstateFile(options, dir);
  const estate = readEstateFile(estateFile);

  let policy: unknown = null;
  let host: () => HostReady;
  let publish = (): void => undefined;
  const azurite = startAzurite(options, place, () => publish());
  children.push(azurite);
  await azurite.ready;
  // The estate's flow logs write to Azurite, too, so the simulator has to know where it is.
  const blobStorage = storageConnectionString(azurite.current());
  const arm = startArm(options, { ...place, estateFile, certificates, blobStorage }, () => publish());
  children.push(arm);
  await arm.ready;
  trustAuthority(certificates.caFile);
  const app = principalNamed(estate, 'flowkeeper');
  const settings = { ...appSettings(arm.current(), azurite.current(), app, certificates), ...options.appSettings };
  const environment = (): EnvironmentFile => ({
    functionsUrl: host().url,
    functionKey: host().functionKey,
    eventGridUrl: eventGridUrl(host()),
    armEndpoint: arm.current().armEndpoint,
    caFile: certificates.caFile,
    identityEndpoint: arm.current().identityEndpoint,
    identityHeader: arm.current().identityHeader,
    operatorClientId: principalNamed(estate, 'operator').clientId,
    appClientId: app.clientId,
    storageConnectionString: storageConnectionString(azurite.current()),
    tenantId: estate.tenantId,
    subscriptions: subscriptionsOf(estate),
    destinations: destinationsIn(policy),
    controlUrl: arm.current().controlUrl,
    pids: { host: host().pid, app: host().appPid, arm: arm.current().pid, azurite: azurite.current().pid },
  });
  const onboard = async (): Promise<void> => {
    policy = await ensurePolicy(host(), examplePolicyOf(options));
    if (options.registerEvents ?? true) await registerEvents(environment());
  };
  if (options.functionsUrl === undefined) {
    let appPid = 0;
    const own = startHost(options, { ...place, appDir, settings }, (pid) => {
      appPid = pid;
      publish();
    });
    children.push(own);
    host = () => ({ ...own.current(), appPid });
    await own.ready;
    await onboard();
  } else {
    const joined = joinHost({
      url: options.functionsUrl,
      keysFile: join(dir, 'host-keys.json'),
      onboard: () => onboard().then(() => publish()),
      tell: (line) => options.onHost?.(line),
    });
    children.push(joined);
    host = joined.current;
  }
  keepPorts(dir, portsOf(arm.current(), azurite.current(), host()));
  publish = () => writeEnvironmentFile(dir, environment());
  publish();
  return { environment, appSettings: settings };
}

function portsOf(arm: ArmReady, azurite: AzuriteReady, host: HostReady): Ports {
  const { armEndpoint, identityEndpoint, controlUrl, blobEndpoint } = arm;
  const ofArm = {
    arm: portOf(armEndpoint),
    identity: portOf(identityEndpoint),
    control: portOf(controlUrl),
    storage: portOf(blobEndpoint),
  };
  return { functions: portOf(host.url), ...ofArm, ...azurite.ports };
}

/** Empty where there is no policy, or one that this version of the code would refuse. */
function destinationsIn(document: unknown): EnvironmentFile['destinations'] {
  const parsed = parsePolicy(document);
  if (!parsed.ok) return [];
  return destinationsOf(parsed.policy).map(({ location, storageAccountId, identityId }) => {
    return { location, storageAccountId, identityId };
  });
}

function eventGridUrl(host: HostReady): string {
  const query = new URLSearchParams({ functionName: 'onResourceEvent', code: host.eventGridKey });
  return `${host.url}/runtime/webhooks/EventGrid?${query}`;
}

/** The estate file of a new data folder is kept in it, so that a later start still knows whose identities the kept estate has. */
function keptEstateFile(options: WorldOptions, dir: string): string {
  const kept = join(dir, 'estate.json');
  if (!existsSync(kept)) {
    const given = options.estateFile ?? exampleEstate;
    readEstateFile(given);
    copyFileSync(given, kept);
  }
  return kept;
}

function examplePolicyOf(options: WorldOptions): string | undefined {
  if (options.policyFile === null) return undefined;
  return readFileSync(options.policyFile ?? examplePolicy, 'utf8');
}

function requireBuild(appDir: string): void {
  if (!existsSync(join(appDir, 'dist/main.cjs'))) {
    throw new StartError(
      `The function app is not built: ${join(appDir, 'dist/main.cjs')} is missing. Run: npm run build`,
    );
  }
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= action();
    return running;
  };
}
