import { setImmediate as soon } from 'node:timers/promises';
import { recordedTimes } from '../../infra/local/arm/core/times.ts';
import { createArmClients } from '../../shared/azure/arm-clients.ts';
import { requireResourceId } from '../../shared/resource-id.ts';
import { credential, type Served } from '../simulation/world/azure.ts';
import { planBacklog } from '../simulation/world/estate.ts';
import { randomOf } from '../simulation/world/random.ts';
import { openWorld, type World } from '../simulation/world/world.ts';
import type { Figure, Part } from './figure.ts';

const seed = 1;
const regions = 4;
const lanesPerRegion = 2;
const dayMs = 24 * 3600 * 1000;

/**
 * A backlog of networks in four regions, in the simulation's virtual time with the durations that were recorded of Azure: against
 * what the lanes and Azure's own duration allow, and against a script that does one network after the other by the SDK.
 */
export const benchBacklog: Part = async ({ quick, say }) => {
  const count = quick ? 40 : 1_000;
  say(`a backlog of ${count} networks, in virtual time`);
  const ours = await workOff(count, untilAllLogged);
  say('the same by a script');
  const script = await workOff(quick ? 40 : 100, scripted);
  const { flowLogWrite, retryAfterSeconds } = recordedTimes;
  const rounds = count / (regions * lanesPerRegion);
  const writeSeconds = flowLogWrite / 1000;
  /** Whoever asks when Azure says so learns of the end of a write no sooner. */
  const knownSeconds = Math.ceil(writeSeconds / retryAfterSeconds) * retryAfterSeconds;
  const what = `backlog of ${count} networks in ${regions} regions, virtual time`;
  const figures: Figure[] = [
    {
      what,
      unit: 's',
      value: ours.seconds,
      baseline: {
        name: `${regions * lanesPerRegion} lanes, each write ${knownSeconds} s, as its end is known, nothing in between`,
        value: rounds * knownSeconds,
      },
    },
    {
      what,
      unit: 's',
      value: ours.seconds,
      baseline: {
        name: `${regions * lanesPerRegion} lanes, each write ${writeSeconds} s, nothing in between`,
        value: rounds * writeSeconds,
      },
    },
    {
      what,
      unit: 's',
      value: ours.seconds,
      baseline: { name: 'a script, one after the other', value: (script.seconds * count) / script.count },
    },
    {
      what: 'its requests that were refused',
      unit: 'requests',
      value: ours.refused,
      baseline: { name: 'all of its requests', value: ours.requests },
    },
  ];
  return figures;
};

/** How long a way of doing it takes, from its first request on, and what it asks of ARM. */
async function workOff(count: number, work: (world: World) => Promise<void>) {
  const counted = { requests: 0, refused: 0 };
  let startedAt: number | null = null;
  const onServed = ({ response }: Served) => {
    startedAt ??= world.elapsedSeconds();
    counted.requests += 1;
    if (response.status === 429 || response.status === 409) counted.refused += 1;
  };
  const nothing = () => {};
  const world = await openWorld({
    seed,
    allows: () => false,
    steady: { plan: planBacklog(randomOf(seed), count), times: recordedTimes },
    watch: () => ({
      onServed,
      onToken: nothing,
      onInvoke: nothing,
      onInvoked: nothing,
      onRecorded: nothing,
      onCommitted: nothing,
    }),
  });
  await work(world);
  const seconds = world.elapsedSeconds() - (startedAt ?? 0);
  world.close();
  return { count, seconds, ...counted };
}

/** The sweep that the policy brings, until the last flow log is written. */
async function untilAllLogged(world: World): Promise<void> {
  const until = world.timeline.now() + dayMs;
  const isLogged = () =>
    world.azure.world.store.list('Microsoft.Network/networkWatchers/flowLogs').length === world.plan.networks.length &&
    world.azure.world.store.running.size === 0;
  while (!isLogged() && (await world.timeline.step(until)));
}

/** What people write instead: a loop over the networks, each waited for by the SDK's own polling. */
async function scripted(world: World): Promise<void> {
  const { timeline, plan, azure } = world;
  world.host.crash(2 * dayMs);
  const real = globalThis.setTimeout;
  const virtual = (call: () => void, ms = 0) => timeline.at(timeline.now() + ms, call);
  Object.assign(globalThis, { setTimeout: virtual });
  try {
    let done = false;
    const clients = createArmClients(
      { endpoint: 'https://management.azure.com', hostSuffix: '.management.azure.com', scope: '' },
      credential,
      azure.clientOf({ alive: true }),
    );
    void (async () => {
      for (const { id, location } of plan.networks) {
        const { subscriptionId } = requireResourceId(id);
        const { flowLogs } = clients.network(subscriptionId);
        await flowLogs.createOrUpdate(
          'NetworkWatcherRG',
          `NetworkWatcher_${location}`,
          `script-${id.split('/').at(-1)}`,
          {
            location,
            targetResourceId: id,
            storageId: plan.accounts.get(`${subscriptionId} ${location}`) ?? '',
            enabled: true,
          },
        );
      }
      done = true;
    })();
    await soon(); // its first request is on the way
    const until = timeline.now() + dayMs;
    while (!done && (await timeline.step(until)));
  } finally {
    Object.assign(globalThis, { setTimeout: real });
  }
}
