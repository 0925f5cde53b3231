import { networkKey } from '../../shared/records/network-record.ts';
import { nameOf } from '../../shared/resource-id.ts';
import { changeDestination, destinationOf, tableOf } from '../scenarios/support/destination-rows.ts';
import { type ArmRequest, eventually, type Scene, untilState } from '../scenarios/support/scene.ts';
import { sweep } from '../scenarios/support/sweep.ts';

/** ARM requests of one story, by what they were about: final GETs counted, polls of operations not. */
export type Counted = {
  readonly story: string;
  readonly perNetwork: number;
  readonly perRegion: number;
  readonly perDestination: number;
  /** Queries of Resource Graph, which are asked for a page of the estate at a time. */
  readonly graph: number;
  /** What none of the above explains. */
  readonly others: readonly string[];
};

const about = {
  perRegion: /\/networkWatchers(\/[^/]+\/flowLogs)?$/i,
  perNetwork: /\/(virtualNetworks|flowLogs)\/[^/]+$/i,
  perDestination:
    /\/(storageAccounts|userAssignedIdentities)\/|\/roleAssignments|\/providers\/Microsoft\.(Insights|ManagedIdentity)$/i,
  graph: /\/Microsoft\.ResourceGraph\//i,
  /** What was delivered is listed at the storage account, which is no request to ARM. */
  blobs: /^\/[a-z0-9]+\/insights-logs-flowlogflowevent$/,
} as const;

/** The most that each story may ask of ARM. */
export const promised: readonly Omit<Counted, 'graph' | 'others'>[] = [
  { story: 'new VNet, destination ready', perNetwork: 5, perRegion: 2, perDestination: 0 },
  { story: 'known VNet, unchanged', perNetwork: 2, perRegion: 2, perDestination: 0 },
  { story: 'VNet first seen, unchanged', perNetwork: 3, perRegion: 2, perDestination: 0 },
  { story: 'destination checked', perNetwork: 0, perRegion: 0, perDestination: 9 },
  { story: 'new VNet, destination made', perNetwork: 10, perRegion: 4, perDestination: 13 },
  { story: 'sweep, nothing to do', perNetwork: 0, perRegion: 0, perDestination: 0 },
];

/**
 * Plays the stories whose requests are promised, one VNet and one destination at a time, on an estate with nothing in it, and
 * counts what the app asked of ARM in each.
 */
export async function countStories(scene: Scene): Promise<Counted[]> {
  const play = async (story: string, act: () => Promise<unknown>): Promise<Counted> => {
    const before = (await scene.requests()).at(-1)?.seq ?? 0;
    await act();
    return counted(story, await scene.requests(before));
  };
  await scene.createNetwork('vnet-first');
  const made = await play('new VNet, destination made', () => untilState(scene, 'vnet-first', 'Compliant'));
  const id = await scene.createNetwork('vnet-second');
  const ready = await play('new VNet, destination ready', () => untilState(scene, 'vnet-second', 'Compliant'));
  const known = await play('known VNet, unchanged', () => remediate(scene, id));
  await tableOf(scene, 'networks').deleteEntity(...networkKey(id)); // as if it had never been looked at
  const firstSeen = await play('VNet first seen, unchanged', () => remediate(scene, id));
  const checked = await play('destination checked', () => checkDestination(scene));
  const swept = await play('sweep, nothing to do', () => sweep(scene));
  return [made, ready, known, firstSeen, checked, swept];
}

function counted(story: string, requests: readonly ArmRequest[]): Counted {
  const count = (kind: keyof typeof about) => requests.filter(({ path }) => kindOf(path) === kind).length;
  return {
    story,
    perNetwork: count('perNetwork'),
    perRegion: count('perRegion'),
    perDestination: count('perDestination'),
    graph: count('graph'),
    others: requests.filter(({ path }) => kindOf(path) === null).map(({ method, path }) => `${method} ${path}`),
  };
}

function kindOf(path: string): keyof typeof about | null {
  for (const kind of ['perDestination', 'perRegion', 'perNetwork', 'graph', 'blobs'] as const) {
    if (about[kind].test(path)) return kind;
  }
  return null;
}

/** A person asks for the VNet; resolves once it is dealt with. */
async function remediate(scene: Scene, networkId: string): Promise<void> {
  const { status, headers } = await scene.post('/api/remediations', { networks: [networkId] });
  const location = headers.get('location');
  if (status !== 202 || location === null) throw new Error(`The request for ${networkId} was answered with ${status}.`);
  await eventually(async () => {
    const { body } = await scene.call(location);
    return typeof body === 'object' && body !== null && 'state' in body && body.state === 'done';
  });
}

/** Lets an hour pass since the destination was looked at, and sweeps. */
async function checkDestination(scene: Scene): Promise<void> {
  const destination = scene.environment().destinations.find(({ location }) => location === 'westeurope');
  const account = nameOf(destination?.storageAccountId ?? '').toLowerCase();
  const before = new Date(Date.now() - 3_600_000).toISOString();
  await changeDestination(scene, account, (body) => ({ ...body, checkedAt: before }));
  await sweep(scene);
  await eventually(async () => {
    const checkedAt = (await destinationOf(scene, account))?.checkedAt ?? before;
    return checkedAt > before;
  });
}
