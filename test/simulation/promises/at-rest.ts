import { objectOf, stringOf } from '../../../infra/local/arm/core/json.ts';
import type { ResourceBody } from '../../../infra/local/arm/core/resource-type.ts';
import { listInstances } from '../../../infra/local/host/durable/instances.ts';
import { readDestination } from '../../../shared/inbox/destination-row.ts';
import { readItems } from '../../../shared/inbox/item-row.ts';
import { blobDataContributor } from '../../../shared/policy/destinations.ts';
import type { Policy } from '../../../shared/policy/document.ts';
import type { Pending } from '../../../shared/policy/ruling.ts';
import { destinationBody } from '../../../shared/records/destination-body.ts';
import { type NetworkRecord, networkKey } from '../../../shared/records/network-record.ts';
import { nameOf, sameId } from '../../../shared/resource-id.ts';
import { deployment, type Plan } from '../world/estate.ts';
import type { World } from '../world/world.ts';
import { whyLeftAlone } from './at-every-step.ts';

/** How the world differs from what was promised, now that nothing goes wrong any more. Empty: it is at rest. */
export async function differences(world: World): Promise<readonly string[]> {
  const current = await world.books.policies.current();
  const policy = current?.policy ?? null;
  const mode = policy?.mode ?? 'off';
  return [
    ...(current?.pending ? unapproved(world, current.pending) : []),
    ...runningInstances(world),
    ...(await restlessItems(world)),
    ...(await Promise.all(networks(world).map((network) => ofNetwork(world, network, policy)))).flat(),
    // While nothing is looked at, what was last seen stands.
    ...(mode === 'off' ? [] : await goneNetworks(world)),
    ...(await unusedIdentities(world)),
  ];
}

/** Nothing goes on, and where nothing went wrong nothing has failed. */
function runningInstances({ host, healthy }: World): string[] {
  const statuses = ['Pending', 'Running', 'Suspended', ...(healthy ? ['Failed'] : [])];
  const live = listInstances(host.store.db, { statuses }, '', 100);
  return live.map(({ instanceId, status }) => `The instance ${instanceId} is ${status}.`);
}

async function restlessItems({ books }: World): Promise<string[]> {
  const found: string[] = [];
  for (const lane of await books.lanes.listLanes()) {
    for (const { target, state } of await readItems(books.lanes, lane))
      if (state.kind !== 'parked') found.push(`The inbox of ${lane} holds ${target.id}, ${state.kind}.`);
  }
  return found;
}

/** The network is compliant, exempt, or left alone for a reason that is true; it has one flow log, and its record says the same. */
async function ofNetwork(world: World, network: ResourceBody, policy: Policy | null): Promise<string[]> {
  const mode = policy?.mode ?? 'off';
  const { id } = network;
  const record = await world.books.records.networks.get(...networkKey(id));
  const logs = flowLogsOf(world, id);
  const tooMany = logs.length > 1 ? [`${id} has ${logs.length} flow logs.`] : [];
  if (!policy || mode === 'off') return tooMany;
  if (!record) return [...tooMany, `There is no record of ${id}.`];
  const why = whyLeftAlone(network, world.timeline.now());
  if (why === 'exempt') return [...tooMany, ...unless(record.state === 'Exempt', record, 'it is exempt')];
  if (why === 'held') return tooMany;

  const faults = await faultsOf(world, policy, network, logs[0]);
  if (faults.length === 0)
    return [...tooMany, ...unless(record.state === 'Compliant', record, 'it is as it should be')];
  if (mode === 'audit') return [...tooMany, ...unless(record.state === 'NonCompliant', record, faults.join('; '))];
  const isForeign = logs[0] !== undefined && objectOf(logs[0].tags)['flowkeeper-deployment'] !== deployment;
  if (world.plan.existing === 'report' && isForeign)
    return [
      ...tooMany,
      ...unless(record.because === 'report', record, `somebody else's log is only reported (${faults.join('; ')})`),
    ];
  return [...tooMany, ...unless(isLeftTruly(world, record, network, logs[0]), record, faults.join('; '))];
}

/** Left alone for a reason that this world has. That too many changes have failed passes, and is no end. */
function isLeftTruly(
  world: World,
  { because, state, problem, until }: NetworkRecord,
  network: ResourceBody,
  log: ResourceBody | undefined,
): boolean {
  const { changesPerHour, contestedAfter = 3 } = world.plan.limits;
  switch (because) {
    case 'parked':
      return truths(world.plan, network, log).some(
        ({ code, about = [] }) =>
          code === problem?.code && (about.length === 0 || about.some((id) => sameId(id, problem.resourceId))),
      );
    case 'paused':
      return Boolean(changesPerHour) && problem?.code === 'HourlyLimitReached' && isHourToCome(world, until ?? '');
    case 'contested':
      return state === 'Contested' && repairable(world, network) > contestedAfter;
    default:
      return false;
  }
}

function isHourToCome({ timeline }: World, until: string): boolean {
  return until.endsWith(':00:00.000Z') && Date.parse(until) > timeline.now();
}

/** How often there was something to put right of a network's log: as it was found at first, and what others did to it. */
function repairable({ plan, interferences }: World, { id }: ResourceBody): number {
  return (plan.networks.some((one) => one.id === id && one.log) ? 1 : 0) + interferences(id);
}

/** What waits was weighed, and would change more than may be changed without a person. */
function unapproved({ plan }: World, { weight }: Pending): string[] {
  if (!weight) return ['A policy was stated, and is not weighed.'];
  const may = plan.limits.approveAbove ?? 50;
  return weight.networks > may
    ? []
    : [`A policy for ${weight.networks} networks waits for approval, and ${may} may be.`];
}

function unless(isSo: boolean, { id, state, because, problem }: NetworkRecord, truth: string): string[] {
  if (isSo) return [];
  return [
    `${id} is told as ${state}${because ? `, ${because}` : ''}${problem ? `, ${problem.code}` : ''}, but ${truth}.`,
  ];
}

/** A problem, and what it may be about where that matters. */
type Truth = { readonly code: string; readonly about?: readonly string[] };

/** The problems that this estate and this network really have. */
function truths({ missing, locked }: Plan, network: ResourceBody, log: ResourceBody | undefined): readonly Truth[] {
  const codes = [
    ...(missing.length > 0 ? ['AuthorizationFailed', 'LinkedAuthorizationFailed'] : []),
    ...(locked ? ['ScopeLocked', 'StorageAccountReadOnly'] : []),
  ];
  // Made again in another region: its old log, in the watcher of the old one, is its owner's to remove.
  const elsewhere = log !== undefined && log.location !== network.location ? log : null;
  return [
    ...codes.map((code) => ({ code })),
    // The first refusal may be of another log, that was made in that moment; the next one names it, or at least its network.
    ...(elsewhere ? [{ code: 'CannotCreateMoreThanOneFlowLogPerTargetResource' }] : []),
    ...(elsewhere ? [{ code: 'FlowLogElsewhere', about: [elsewhere.id, network.id] }] : []),
  ];
}

/** What is wrong with a network's flow log, judged by the world alone. */
async function faultsOf(
  world: World,
  policy: Policy,
  network: ResourceBody,
  log: ResourceBody | undefined,
): Promise<string[]> {
  if (!log) return ['it has no flow log'];
  const subscription = network.id.split('/')[2] ?? '';
  const account = world.plan.accounts.get(`${subscription} ${network.location}`) ?? '';
  const { storageId, enabled, provisioningState, retentionPolicy, targetResourceGuid } = log.properties;
  const [identityId = ''] = Object.keys(objectOf(objectOf(log.identity).userAssignedIdentities));
  const identity = world.azure.world.store.get(identityId)?.body;
  const bound = objectOf(objectOf(objectOf(log.identity).userAssignedIdentities)[identityId]).principalId;
  const principal = stringOf(identity?.properties.principalId);
  const faults: readonly (readonly [boolean, string])[] = [
    [enabled !== true, 'its log is disabled'],
    [provisioningState !== 'Succeeded', `its log is ${provisioningState}`],
    [stringOf(storageId)?.toLowerCase() !== account.toLowerCase(), 'its log goes to another account'],
    [objectOf(retentionPolicy).days !== policy.rules[0]?.flowLog.retentionDays, 'its log is retained for another time'],
    [targetResourceGuid !== network.properties.resourceGuid, 'its log is of a network that was here before'],
    [!identity, `its log has no identity that exists (${identityId})`],
    [principal !== bound, "its log's identity was made anew since"],
    [
      principal !== undefined && !mayWrite(world, account, principal),
      "its log's identity may not write to the account",
    ],
  ];
  return faults.filter(([is]) => is).map(([, what]) => what);
}

function mayWrite({ azure }: World, account: string, principalId: string): boolean {
  return azure.world.store
    .list('Microsoft.Authorization/roleAssignments', account)
    .some(
      ({ body: { properties } }) =>
        properties.principalId === principalId && stringOf(properties.roleDefinitionId)?.endsWith(blobDataContributor),
    );
}

/** Records of networks that are no more say so, and tell of the log that was left behind. */
async function goneNetworks(world: World): Promise<string[]> {
  return (await Array.fromAsync(world.books.records.networks.list())).flatMap((item) => {
    if (world.azure.world.store.get(item.id)) return [];
    const left = flowLogsOf(world, item.id);
    const told = left.length > 0 ? ['Orphaned', 'Gone'] : ['Gone'];
    return unless(told.includes(item.state), item, `it is gone${left.length > 0 ? ' and left its log behind' : ''}`);
  });
}

/** An identity of ours serves a flow log or a destination, or is told as left over. */
async function unusedIdentities(world: World): Promise<string[]> {
  const ours = world.azure.world.store
    .list('Microsoft.ManagedIdentity/userAssignedIdentities')
    .filter(({ body }) => objectOf(body.tags)['flowkeeper-deployment'] === deployment);
  const told = new Set<string>();
  for (const account of new Set(world.plan.accounts.values())) {
    const row = await readDestination(world.books.lanes, nameOf(account));
    if (!row) continue;
    const { state, identityId, intent } = destinationBody.parse(row.body);
    if ((state === 'ready' || state === 'idle') && identityId) told.add(identityId.toLowerCase());
    for (const { resourceId } of intent) told.add(resourceId.toLowerCase());
  }
  const used = (id: string) =>
    resources(world, 'Microsoft.Network/networkWatchers/flowLogs').some((log) =>
      Object.keys(objectOf(objectOf(log.identity).userAssignedIdentities)).some((one) => one.toLowerCase() === id),
    );
  return ours
    .filter(({ key }) => !told.has(key) && !used(key))
    .map(({ key }) => `The identity ${key} is ours, serves nothing and is told nowhere.`);
}

function networks(world: World): readonly ResourceBody[] {
  return resources(world, 'Microsoft.Network/virtualNetworks');
}

function flowLogsOf(world: World, id: string): readonly ResourceBody[] {
  return resources(world, 'Microsoft.Network/networkWatchers/flowLogs').filter(
    ({ properties }) => stringOf(properties.targetResourceId)?.toLowerCase() === id.toLowerCase(),
  );
}

function resources({ azure }: World, type: string): readonly ResourceBody[] {
  return azure.world.store.list(type).map(({ body }) => body);
}
