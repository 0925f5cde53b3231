import eventFilter from '../../../infra/azure/event-filter.json' with { type: 'json' };
import type { Estate } from '../../../infra/local/arm/estate.ts';
import type { Limits } from '../../../shared/policy/limits.ts';
import { limitsOf, policyOf } from './policy.ts';
import { guidOf, type Random } from './random.ts';

export const deployment = 'simulated';
export const app = { name: 'flowkeeper', clientId: id(1), principalId: id(2) };
export const operator = { name: 'operator', clientId: id(3), principalId: id(4) };
/** Another tool that manages the same estate. */
export const otherTool = { name: 'other-tool', clientId: id(5), principalId: id(6) };
const platform = id(7);
const identityGroup = `/subscriptions/${platform}/resourceGroups/rg-flowkeeper`;
const shortNames = { westeurope: 'weu', northeurope: 'neu', uksouth: 'uks', germanywestcentral: 'gwc' } as const;
export type Location = keyof typeof shortNames;

/** A network of the estate: from the beginning, or (`null`) made later. */
export type Network = {
  readonly id: string;
  readonly location: Location;
  readonly log: ExistingLog | null;
  readonly tags: Readonly<Record<string, string>>;
};
/** The flow log that somebody else has made for a network before. */
export type ExistingLog = 'foreign' | 'disabled' | 'wrongStorage' | 'wrongRetention' | 'underAnotherName';

export type Plan = {
  readonly subscriptions: readonly string[];
  readonly locations: readonly Location[];
  /** Storage accounts by subscription and location; one for all subscriptions where they are shared. */
  readonly accounts: ReadonlyMap<string, string>;
  readonly networks: readonly Network[];
  /** Rights that the app was not given. */
  readonly missing: readonly ('destination' | 'flowLogs')[];
  readonly locked: boolean;
  /** How fast and how far the policy lets Flowkeeper go; the rest is as it is by default. */
  readonly limits: Pick<Limits, 'settleSeconds' | 'lanesPerRegion'> & Partial<Limits>;
  /** What the policy says of flow logs that somebody else has made. */
  readonly existing: 'adopt' | 'report';
  readonly estate: Estate;
  readonly policy: ReturnType<typeof policyOf>;
};

/** Draws up an estate and the policy for it. The same seed gives the same. */
export function planEstate(random: Random): Plan {
  const subscriptions = Array.from({ length: random('subscriptions') < 0.6 ? 1 : 2 }, (_, index) => id(11 + index));
  const locations: readonly Location[] = random('locations') < 0.6 ? ['westeurope'] : ['westeurope', 'northeurope'];
  const shared = random('shared') < 0.7;
  const accounts = new Map(
    subscriptions.flatMap((subscription, index) =>
      locations.map((location) => [
        `${subscription} ${location}`,
        accountId(`st${shortNames[location]}${shared ? '' : index}`),
      ]),
    ),
  );
  const count = 1 + Math.floor(random('networks') ** 2 * 6);
  const networks = Array.from({ length: count }, (_, index) => networkOf(random, index, subscriptions, locations));
  const missing = (['destination', 'flowLogs'] as const).filter((right) => random(`missing ${right}`) < 0.08);
  const locked = random('locked') < 0.05;
  const existing = random('existing') < 0.8 ? 'adopt' : 'report';
  const limits = limitsOf(random);
  const plan = { subscriptions, locations, accounts, networks, missing, locked, limits, existing } as const;
  return { ...plan, estate: estateOf(random, plan), policy: policyOf(plan, identityGroup) };
}

/** An estate of one subscription with so many networks, spread evenly over four regions, none of which has a flow log. */
export function planBacklog(random: Random, count: number): Plan {
  const subscription = id(11);
  const locations = Object.keys(shortNames) as Location[];
  const accounts = new Map(
    locations.map((location) => [`${subscription} ${location}`, accountId(`st${shortNames[location]}`)]),
  );
  const networks = Array.from({ length: count }, (_, index) => ({
    id: networkId(subscription, `vnet-${index}`),
    location: locations[index % locations.length] ?? 'westeurope',
    log: null,
    tags: {},
  }));
  const limits = { settleSeconds: 30, lanesPerRegion: 2 };
  const healthy = { missing: [], locked: false, limits, existing: 'adopt' } as const;
  const plan = { subscriptions: [subscription], locations, accounts, networks, ...healthy };
  const estate = estateOf(random, plan);
  const watchers = locations.map((location) => ({ id: watcherId(subscription, location), location }));
  return {
    ...plan,
    estate: { ...estate, resources: [...estate.resources, ...watchers] },
    policy: policyOf(plan, identityGroup),
  };
}

function locationOf(account: string): Location {
  const [location] = Object.entries(shortNames).find(([, short]) => account.includes(`/st${short}`)) ?? [];
  return (location ?? 'westeurope') as Location;
}

/** The id of a network, existing or not. */
export function networkId(subscription: string, name: string): string {
  return `/subscriptions/${subscription}/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/${name}`;
}

export function watcherId(subscription: string, location: Location): string {
  return `/subscriptions/${subscription}/resourceGroups/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers/NetworkWatcher_${location}`;
}

/** The body of a network, as its owner puts it. */
export function networkBody(location: Location, tags: Readonly<Record<string, string>> = {}) {
  return { location, tags, properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } } };
}

function networkOf(
  random: Random,
  index: number,
  subscriptions: readonly string[],
  locations: readonly Location[],
): Network {
  const choose = <T>(values: readonly T[], what: string): T => {
    const chosen = values[Math.floor(random(`${what} of network ${index}`) * values.length)];
    if (chosen === undefined) throw new Error(`There is no ${what} to choose from.`);
    return chosen;
  };
  const logs = [null, null, null, 'foreign', 'disabled', 'wrongStorage', 'wrongRetention', 'underAnotherName'] as const;
  const exempt = random(`exempt ${index}`) < 0.1;
  return {
    id: networkId(choose(subscriptions, 'subscription'), `vnet-${index}`),
    location: choose(locations, 'location'),
    log: choose(logs, 'log'),
    tags: exempt ? { 'flow-log': 'exempt' } : {},
  };
}

export type Drawn = Omit<Plan, 'estate' | 'policy'>;

function estateOf(random: Random, plan: Drawn): Estate {
  const all = [...new Set([platform, ...plan.subscriptions])];
  const groups = all.flatMap((subscription) =>
    ['rg-network', 'NetworkWatcherRG', 'rg-flow-logs', 'rg-flowkeeper', 'rg-other'].map((name) => ({
      id: `/subscriptions/${subscription}/resourceGroups/${name}`,
      location: 'westeurope',
    })),
  );
  const accounts = [...new Set([...plan.accounts.values(), accountId('stother')])].map((account) => ({
    id: account,
    location: locationOf(account),
    kind: 'StorageV2',
    sku: { name: 'Standard_LRS' },
  }));
  const watchers = plan.subscriptions.flatMap((subscription) =>
    plan.locations
      .filter((location) =>
        plan.networks.some((one) => one.log && one.location === location && isIn(one, subscription)),
      )
      .map((location) => ({ id: watcherId(subscription, location), location })),
  );
  const networks = plan.networks.map((one) => ({ id: one.id, ...networkBody(one.location, one.tags) }));
  const logs = plan.networks.flatMap((one) => (one.log ? [existingLog(plan, one, one.log)] : []));
  const locks = plan.locked ? [lock(accounts[0]?.id ?? '')] : [];
  return {
    tenantId: id(0),
    principals: [app, operator, otherTool],
    subscriptions: all.map((subscriptionId) => ({ subscriptionId, displayName: `sub-${subscriptionId.slice(-2)}` })),
    resources: [
      ...groups,
      ...accounts,
      ...watchers,
      ...networks,
      ...logs,
      ...locks,
      ...rights(random, plan, all),
      ...all.map(eventSubscription),
    ],
  };
}

function isIn(network: Network, subscription: string): boolean {
  return network.id.startsWith(`/subscriptions/${subscription}/`);
}

/** A flow log of somebody else's, with a tag of theirs. */
function existingLog(plan: Drawn, { id: target, location }: Network, kind: ExistingLog) {
  const [, , subscription = '', , , , , , name] = target.split('/');
  const logName = kind === 'underAnotherName' ? `their-${name}` : `${name}-rg-network-flowlog`;
  const storageId = kind === 'wrongStorage' ? accountId('stother') : plan.accounts.get(`${subscription} ${location}`);
  return {
    id: `${watcherId(subscription, location)}/flowLogs/${logName}`,
    location,
    tags: { owner: 'network-team' },
    properties: {
      targetResourceId: target,
      storageId: storageId ?? '',
      enabled: kind !== 'disabled',
      retentionPolicy: kind === 'wrongRetention' ? { days: 7, enabled: true } : { days: 0, enabled: false },
      format: { type: 'JSON', version: 2 },
    },
  };
}

/** What `infra/azure` gives the app, less what is missing here. */
function rights(random: Random, plan: Drawn, all: readonly string[]) {
  const given = (scope: string, role: string, principalId = app.principalId) => {
    const roleDefinitionId = `${scope.split('/resourceGroups/')[0]}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
    return {
      id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${guidOf(random, `${scope} ${role} ${principalId}`)}`,
      properties: { scope, roleDefinitionId, principalId, principalType: 'ServicePrincipal' },
    };
  };
  const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
  const roles = ['reader', 'flow-log-writer', 'flow-log-remover', 'network-watcher-creator'].filter(
    (role) => !(plan.missing.includes('flowLogs') && role === 'flow-log-writer'),
  );
  return [
    ...all.flatMap((subscription) => [
      given(`/subscriptions/${subscription}`, owner, operator.principalId),
      given(`/subscriptions/${subscription}`, owner, otherTool.principalId),
      ...roles.map((role) => given(`/subscriptions/${subscription}`, role)),
    ]),
    given(identityGroup, 'identity-operator'),
    ...(plan.missing.includes('destination')
      ? []
      : [...new Set(plan.accounts.values())].map((account) => given(account, 'destination-operator'))),
  ];
}

function lock(scope: string) {
  return { id: `${scope}/providers/Microsoft.Authorization/locks/keep`, properties: { level: 'ReadOnly' } };
}

function eventSubscription(subscription: string) {
  return {
    id: `/subscriptions/${subscription}/providers/Microsoft.EventGrid/eventSubscriptions/flowkeeper`,
    properties: {
      destination: { endpointType: 'WebHook', properties: { endpointUrl: 'https://host.example/events' } },
      filter: {
        includedEventTypes: eventFilter.includedEventTypes,
        advancedFilters: [{ operatorType: 'StringIn', key: 'data.operationName', values: eventFilter.operationNames }],
      },
    },
  };
}

function accountId(name: string): string {
  return `/subscriptions/${platform}/resourceGroups/rg-flow-logs/providers/Microsoft.Storage/storageAccounts/${name}`;
}

function id(last: number): string {
  return `00000000-0000-4000-8000-${String(last).padStart(12, '0')}`;
}
