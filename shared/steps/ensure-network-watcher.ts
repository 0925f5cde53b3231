import { classify } from '../azure/arm-error-table.ts';
import { arm } from '../azure/arm-outcome.ts';
import { listNetworkWatchers } from '../azure/network-reads.ts';
import { ownProblem } from '../problem.ts';
import type { StepAnswer } from './contract.ts';
import type { StepContext } from './step-context.ts';

export type NetworkWatcherRequest = {
  readonly subscriptionId: string;
  readonly location: string;
  readonly policy: 'create' | 'require';
};

type Answer = StepAnswer<{ readonly networkWatcherId: string }>;

/** Azure's own names, used when it makes a watcher by itself. Any other name and group is as good: we look by location. */
const resourceGroup = 'NetworkWatcherRG';
const watcherName = (location: string) => `NetworkWatcher_${location}`;

/** The id of a watcher that we make. */
export function newNetworkWatcherId(subscriptionId: string, location: string): string {
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  return `${group}/providers/Microsoft.Network/networkWatchers/${watcherName(location)}`;
}

/** The region has a network watcher: asked where none was found when the run began. Azure allows one for each subscription and region, and usually makes it with the first network. */
export async function ensureNetworkWatcher(context: StepContext, request: NetworkWatcherRequest): Promise<Answer> {
  const { subscriptionId, location, policy } = request;
  const about = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  const watchers = await listNetworkWatchers(context.clients, subscriptionId);
  if (!watchers.ok) return classify(watchers.error, about);
  const existing = watchers.value.get(location);
  if (existing) return { status: 'done', did: 'unchanged', output: { networkWatcherId: existing } };
  if (policy === 'require') return missing(about, location);

  const stop = await context.guard();
  if (stop) return { status: 'stopped', because: stop };
  return create(context, request, about);
}

async function create(
  context: StepContext,
  { subscriptionId, location }: NetworkWatcherRequest,
  about: string,
): Promise<Answer> {
  const { networkWatchers } = context.clients.network(subscriptionId);
  const parameters = { location, tags: context.tags };
  const made = await arm(() => networkWatchers.createOrUpdate(resourceGroup, watcherName(location), parameters));
  if (made.ok) return { status: 'done', did: 'created', output: { networkWatcherId: made.value.id ?? '' } };
  if (made.error.code !== 'ResourceGroupNotFound') return classify(made.error, about);

  // Only where it is missing: a PUT on a group that exists elsewhere is refused, and its location can't be changed.
  const stop = await context.guard();
  if (stop) return { status: 'stopped', because: stop };
  const { resourceGroups } = context.clients.resources(subscriptionId);
  const group = await arm(() => resourceGroups.createOrUpdate(resourceGroup, parameters));
  if (!group.ok) return classify(group.error, about);
  const message = 'The resource group of the network watcher was made; the watcher is next.';
  return {
    status: 'retry',
    pace: 'fast',
    afterSeconds: 0,
    problem: ownProblem('NetworkWatcherGroupMissing', about, message),
  };
}

function missing(about: string, location: string): Answer {
  const message = `There is no network watcher in ${location}, and the policy says "networkWatcher": "require". Make one (az network watcher configure --resource-group ${resourceGroup} --locations ${location} --enabled true) or set "create".`;
  return { status: 'fatal', problem: ownProblem('NoNetworkWatcher', about, message) };
}
