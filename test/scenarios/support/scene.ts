import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FlowLog } from '@azure/arm-network';
import { z } from 'zod';
import { type Operator, signInAsOperator } from '../../../infra/local/world/operator.ts';
import { startWorld } from '../../../infra/local/world/world.ts';
import { blobDataContributor } from '../../../shared/policy/destinations.ts';
import { requireResourceId, sameId } from '../../../shared/resource-id.ts';
import { checkAnswer } from './api-contract.ts';
import { type EstateResource, examplePolicy, type PolicyDocument, writeBareEstate } from './bare-estate.ts';

const problem = z.object({ code: z.string(), message: z.string(), actor: z.string(), runbook: z.string() });
const network = z.looseObject({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  because: z.string().nullable(),
  until: z.string().nullable(),
  action: z.string().nullable(),
  flowLogId: z.string().nullable(),
  plan: z.array(z.looseObject({ field: z.string() })).nullable(),
  drifts: z.array(z.object({ check: z.string(), expected: z.unknown(), actual: z.unknown() })),
  problem: problem.nullable(),
  leftovers: z.array(z.string()),
  delivery: z.looseObject({ found: z.string() }).nullable(),
});
export type ToldNetwork = z.infer<typeof network>;

const request = z.looseObject({
  seq: z.number(),
  method: z.string(),
  path: z.string(),
  status: z.number(),
  principalId: z.string().nullish(),
  clientRequestId: z.string().nullish(),
  operationPoll: z.boolean(),
});
export type ArmRequest = z.infer<typeof request>;

export type Answer = { readonly status: number; readonly headers: Headers; readonly body: unknown };
export type Fault = {
  method?: string;
  path: string;
  times?: number;
  effect?: 'before' | 'after';
  status?: number;
  code?: string;
  message?: string;
  retryAfterSeconds?: number;
  delayMs?: number;
  operation?: { code: string; message: string };
};

export type SceneOptions = {
  readonly without?: RegExp;
  readonly added?: readonly EstateResource[];
  readonly armArgs?: readonly string[];
  readonly appSettings?: Readonly<Record<string, string>>;
  readonly appDir?: string;
};

/** Once a year. A sweep of a quarter of an hour would come into the middle of whatever is tested then. */
const sweepOnlyWhenAsked = '0 0 0 1 1 *';

/** A scene: the whole local run on an estate of its own, reached as a user, an owner and Event Grid reach it. */
export type Scene = Awaited<ReturnType<typeof openScene>>;

/**
 * Starts the run in a folder of its own, on free ports. `policy` changes the example's; null states none. `without` leaves
 * resources out of the estate, `added` adds some, `armArgs` go to the simulator, `appSettings` to the app, which is the
 * built one unless `appDir` has another.
 */
export async function openScene(
  policy: ((document: PolicyDocument) => PolicyDocument) | null = (document) => document,
  { without, added = [], armArgs = [], appSettings = {}, appDir }: SceneOptions = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'flowkeeper-scene-'));
  const estateFile = join(folder, 'estate.json');
  const policyFile = join(folder, 'policy.json');
  writeBareEstate(estateFile, without, added);
  if (policy) writeFileSync(policyFile, JSON.stringify(policy(examplePolicy())));
  const log: string[] = [];
  const world = await startWorld({
    dataDir: join(folder, 'data'),
    estateFile,
    policyFile: policy ? policyFile : null,
    // Azure's operations at a quarter of their local length: what is tested is order, not time.
    armArgs: ['--time-scale', '0.25', ...armArgs],
    appSettings: { FLOWKEEPER_SWEEP_SCHEDULE: sweepOnlyWhenAsked, ...appSettings },
    ...(appDir === undefined ? {} : { appDir }),
    onLine: (part, line) => log.push(`${part} ${line}`),
  });
  const environment = world.environment;
  const operator: Operator = await signInAsOperator(environment());
  const [payments] = environment().subscriptions;
  if (!payments) throw new Error('The example estate has no subscription.');

  const call = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const headers = { ...(init.body ? { 'content-type': 'application/json' } : {}), ...init.headers };
    const answer = await fetch(`${environment().functionsUrl}${path}`, { ...init, headers });
    const text = await answer.text();
    const body = text === '' ? null : parsed(text);
    if (path.startsWith('/api/'))
      checkAnswer(init.method ?? 'GET', path, answer.status, answer.headers.get('content-type'), body);
    return { status: answer.status, headers: answer.headers, body };
  };
  const networks = async () =>
    z.object({ networks: z.array(network) }).parse((await call('/api/networks')).body).networks;

  return {
    environment,
    operator,
    log,
    call,
    networks,
    subscription: payments,
    appPrincipalId: principalOf(join(folder, 'estate.json'), environment().appClientId),
    post: (path: string, body: unknown) => call(path, { method: 'POST', body: JSON.stringify(body) }),
    told: async (name: string): Promise<ToldNetwork | undefined> => (await networks()).find((one) => one.name === name),

    /** Creates a network as its owner would; answers its id. */
    async createNetwork(name: string, location = 'westeurope', tags: Record<string, string> = {}): Promise<string> {
      const { virtualNetworks } = operator.network(payments.id);
      const made = await virtualNetworks.createOrUpdate(payments.resourceGroup, name, {
        location,
        tags,
        addressSpace: { addressPrefixes: ['10.7.0.0/16'] },
      });
      return made.id ?? '';
    },

    /** The flow logs that have the network as target, as ARM has them now. */
    async flowLogsOf(networkId: string): Promise<FlowLog[]> {
      return (await this.resources('Microsoft.Network/networkWatchers/flowLogs')).filter(({ targetResourceId }) =>
        sameId(targetResourceId ?? '', networkId),
      );
    },

    /** Changes fields of a flow log as its owner would, and waits for Azure. */
    async writeFlowLog(flowLogId: string, fields: Partial<FlowLog>): Promise<void> {
      const { subscriptionId, resourceGroup, names } = requireResourceId(flowLogId);
      const [watcher, name = ''] = names;
      const { flowLogs } = operator.network(subscriptionId);
      const current = await flowLogs.get(resourceGroup, watcher, name);
      await flowLogs.createOrUpdate(resourceGroup, watcher, name, { ...current, ...fields });
    },

    /** Every resource of a type, flattened as the SDK does. */
    async resources(type: string): Promise<(FlowLog & { id: string })[]> {
      const shape = z.array(z.looseObject({ id: z.string(), properties: z.looseObject({}).optional() }));
      const all = shape.parse(await (await fetch(`${environment().controlUrl}/resources?type=${type}`)).json());
      return all.map(({ properties, ...rest }) => ({ ...rest, ...properties }));
    },

    /** Scripts a fault at ARM; answers how to end it. */
    async fault(fault: Fault): Promise<() => Promise<void>> {
      const made = await fetch(`${environment().controlUrl}/faults`, { method: 'POST', body: JSON.stringify(fault) });
      const { id } = z.object({ id: z.union([z.string(), z.number()]) }).parse(await made.json());
      return async () => void (await fetch(`${environment().controlUrl}/faults/${id}`, { method: 'DELETE' }));
    },

    /** ARM requests of the app since `seq`; polls of operations left out. */
    async requests(since = 0): Promise<ArmRequest[]> {
      const text = await (await fetch(`${environment().controlUrl}/journal?since=${since}`)).text();
      const all = text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => request.parse(JSON.parse(line)));
      return all.filter((one) => one.principalId === this.appPrincipalId && !one.operationPoll);
    },

    /** Runs a function by hand, as an administrator can. */
    async runFunction(name: string): Promise<void> {
      const { master } = z
        .object({ master: z.string() })
        .parse(JSON.parse(readFileSync(join(folder, 'data/host-keys.json'), 'utf8')));
      const answer = await call(`/admin/functions/${name}`, {
        method: 'POST',
        headers: { 'x-functions-key': master, 'content-type': 'application/json' },
        body: '{}',
      });
      if (answer.status !== 202) throw new Error(`${name} was not run: ${answer.status}`);
    },

    /** A request to the durable management API. */
    async durable(path: string, init: RequestInit = {}): Promise<Answer> {
      const { durabletask } = z
        .object({ durabletask: z.string() })
        .parse(JSON.parse(readFileSync(join(folder, 'data/host-keys.json'), 'utf8')));
      return call(`/runtime/webhooks/durabletask/${path}${path.includes('?') ? '&' : '?'}code=${durabletask}`, init);
    },

    async close(): Promise<void> {
      await world.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether a resource is a role assignment that lets somebody write blobs; others name that role in their conditions. */
export function isBlobGrant(resource: object): boolean {
  return 'roleDefinitionId' in resource && String(resource.roleDefinitionId).endsWith(blobDataContributor);
}

/** Waits until a look finds something; after a minute it fails with what was seen last. */
export async function eventually<T>(
  look: () => Promise<T | null | undefined | false>,
  seen: () => Promise<unknown> = look,
  seconds = 90,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`Not so after ${seconds} s; last seen: ${JSON.stringify(await seen())}`);
    await delay(150);
  }
}

/** Waits until Flowkeeper tells this state of a network. */
export function untilState(scene: Scene, name: string, state: string): Promise<ToldNetwork> {
  return eventually(
    async () => {
      const told = await scene.told(name);
      return told?.state === state && told;
    },
    () => scene.told(name),
  );
}

function principalOf(estateFile: string, clientId: string): string {
  const shape = z.object({ principals: z.array(z.object({ clientId: z.string(), principalId: z.string() })) });
  const { principals } = shape.parse(JSON.parse(readFileSync(estateFile, 'utf8')));
  const found = principals.find((one) => one.clientId === clientId);
  if (!found) throw new Error(`The estate has no principal with the client id ${clientId}.`);
  return found.principalId;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
