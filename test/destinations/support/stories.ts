import type { Estate } from '../../../infra/local/arm/estate.ts';
import type { Fault } from '../../../infra/local/arm/server/faults.ts';
import { estate, flowLog, group, network, storage, subscriptionId } from '../../arm/support/estate.ts';
import { type Product, startProduct } from './product.ts';
import { type Resource, worldCheck } from './world-check.ts';

export const networkId = network('vnet-a');

/** A policy that sends all to one storage account. */
export function policyTo(account: string, flowLog: object = {}): object {
  return {
    version: 1,
    mode: 'enforce',
    scope: { subscriptions: { include: [subscriptionId] } },
    rules: [
      {
        name: 'all',
        destination: { westeurope: storage(account) },
        identity: { kind: 'ours', resourceGroupId: group, name: 'id-{account}' },
        flowLog,
      },
    ],
    limits: { settleSeconds: 0 },
  };
}

/** Somebody's log on the network, which is switched off. */
const foreignLog = {
  id: flowLog('by-hand'),
  location: 'westeurope',
  tags: { owner: 'network-team' },
  properties: {
    targetResourceId: networkId,
    storageId: storage('stwest'),
    enabled: false,
    retentionPolicy: { days: 3, enabled: true },
    format: { type: 'JSON', version: 2 },
  },
};

const otherAccount = { id: storage('stother'), location: 'westeurope', sku: { name: 'Standard_LRS' } };
const base = { ...estate, resources: [...estate.resources, otherAccount] };

/** What is written: from nothing, or over a log of somebody else's. */
export const stories = {
  'a new log': base,
  "somebody's log": { ...base, resources: [...base.resources, foreignLog] },
} as const satisfies Record<string, Estate>;
export type Story = keyof typeof stories;
export const storyNames = Object.keys(stories) as Story[];

export type Opened = Product & {
  /** What is wrong with the world: see `worldCheck`. */
  readonly check: () => Promise<readonly string[]>;
  /** The log that serves the network now. */
  readonly log: () => Resource | undefined;
  /** What a reader is told of the network, and whether it is logged. */
  readonly state: () => Promise<{ readonly told: unknown; readonly enabled: unknown }>;
};

/** A world in which the network has no log of ours, and its destination has yet to be made. `besides` is there too. */
export function openStory(
  story: Story,
  faults: readonly (Partial<Fault> & Pick<Fault, 'path'>)[] = [],
  besides: Estate['resources'] = [],
): Opened {
  const { resources } = stories[story];
  const product = startProduct({ ...stories[story], resources: [...resources, ...besides] }, policyTo('stwest'));
  for (const fault of faults) product.azure.fault(fault);
  const before = resourcesOf(product);
  const log = () =>
    resourcesOf(product).find(
      ({ properties }) => (properties as { targetResourceId?: string }).targetResourceId === networkId,
    );
  return {
    ...product,
    log,
    async check() {
      const told = { networks: await product.networks(), destinations: await product.destinations() };
      return worldCheck(before, resourcesOf(product), told, [foreignLog.id]);
    },
    async state() {
      const { enabled } = (log()?.properties ?? {}) as { enabled?: boolean };
      return { told: (await product.network(networkId))?.state, enabled };
    },
  };
}

function resourcesOf({ azure }: Pick<Product, 'azure'>): readonly Resource[] {
  azure.pass(3600); // whatever runs at Azure has ended
  azure.send('GET', '/subscriptions?api-version=2022-12-01');
  return [...azure.world.types.values()].flatMap(({ type }) => azure.world.store.list(type).map(({ body }) => body));
}
