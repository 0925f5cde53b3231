import { metrics, trace } from '@opentelemetry/api';
import pino from 'pino';
import { books, performStep, steps } from '../../../functions/perform.ts';
import type { Estate } from '../../../infra/local/arm/estate.ts';
import { enforceNetworks } from '../../../orchestrations/enforce-networks.ts';
import { enforceSubscription } from '../../../orchestrations/enforce-subscription.ts';
import { provideDestination } from '../../../orchestrations/provide-destination.ts';
import { openManagementGroups } from '../../../shared/azure/management-groups.ts';
import { enqueue } from '../../../shared/inbox/enqueue.ts';
import type { LanePort, RunStatus } from '../../../shared/inbox/lane-port.ts';
import { watchdog } from '../../../shared/inbox/watchdog.ts';
import type { LaneKey, Reason } from '../../../shared/inbox/work-item.ts';
import { deploymentTag } from '../../../shared/our-tags.ts';
import type { DestinationBody } from '../../../shared/records/destination-body.ts';
import { type NetworkRecord, networkKey } from '../../../shared/records/network-record.ts';
import { requireResourceId } from '../../../shared/resource-id.ts';
import { createTelemetry } from '../../../shared/telemetry/telemetry.ts';
import { checkDestinations } from '../../../shared/work/check-destinations.ts';
import { listDestinations } from '../../../shared/work/list-destinations.ts';
import type { WorkContext } from '../../../shared/work/work-context.ts';
import { createBooks } from '../../simulation/world/books.ts';
import { simulatedAzure } from '../../steps/support/simulated-azure.ts';
import { playForReal, RunEnded, type Stage } from './play-for-real.ts';

const deployment = 'test';
const orchestrators: Stage['orchestrators'] = { enforceSubscription, enforceNetworks, provideDestination };

/** Where a run is ended, and how: at the call with this number (from 0), before its work or after it. */
export type Cut = { readonly call: number; readonly when: 'before' | 'after'; readonly state: RunEnded['state'] };

type Instance = {
  readonly lane: LaneKey;
  readonly generation: number;
  readonly createdAt: string;
  state: RunStatus['state'];
};

export type Product = ReturnType<typeof startProduct>;

/**
 * The product's own steps, books and orchestrations on the simulator, with its tables in memory: one run at a time, on a
 * clock that only waiting moves. Runs can be ended at any call, and faults are scripted at the simulator.
 */
export function startProduct(estate: Estate, document: object) {
  const azure = simulatedAzure(estate);
  const now = () => new Date(azure.now());
  const { lanes, records, policies, deadLetters } = createBooks();
  const stated = policies.save(document, {});
  const instances = new Map<string, Instance>();
  const waiting: string[] = [];
  const calls: string[] = [];
  let cut: Cut | null = null;
  let before: ((call: string) => void) | null = null;

  const port: LanePort = {
    ...lanes,
    async startRun(instanceId, lane, generation) {
      const known = instances.get(instanceId)?.state;
      if (known === 'Running' || known === 'Pending') return 'refused';
      instances.set(instanceId, { lane, generation, createdAt: now().toISOString(), state: 'Pending' });
      waiting.push(instanceId);
      return 'started';
    },
    runStatus: async (instanceId) => instances.get(instanceId) ?? null,
    async terminateRun(instanceId) {
      const instance = instances.get(instanceId);
      if (instance && instance.state !== 'Completed') instance.state = 'Terminated';
    },
  };
  const work: WorkContext = {
    clients: azure.clients,
    managementGroups: openManagementGroups(azure.clients, now),
    port,
    policies,
    records,
    deadLetters,
    openFlowLogContainer: () => {
      throw new Error('Nobody looks for what was delivered.');
    },
    topic: null,
    telemetry: createTelemetry(metrics.getMeter('test'), trace.getTracer('test'), async () => {}),
    log: pino({ level: 'silent' }),
    now,
    isOurs: (tags) => tags[deploymentTag] === deployment,
  };

  const stage: Stage = {
    now: azure.now,
    wait: (until) => azure.pass(Math.max(0, until - azure.now()) / 1000),
    orchestrators,
    async perform(name, input) {
      const number = calls.push(name) - 1;
      const ends = cut?.call === number ? cut : null;
      if (ends?.when === 'before') throw new RunEnded(ends.state);
      before?.(name);
      const answer = await performed(work, name, input);
      if (ends) throw new RunEnded(ends.state);
      return answer;
    },
  };

  async function run(instanceId: string): Promise<void> {
    const instance = instances.get(instanceId);
    if (instance?.state !== 'Pending') return;
    instance.state = 'Running';
    const name = instance.lane.kind === 'subscription' ? 'enforceSubscription' : 'provideDestination';
    const { lane, generation } = instance;
    try {
      await playForReal(name, instanceId, { lane, generation }, stage);
      instance.state = 'Completed';
    } catch (error) {
      instance.state = error instanceof RunEnded ? error.state : 'Failed';
      if (!(error instanceof RunEnded)) throw error;
    }
  }

  const rest = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await run(next);
  };

  return {
    azure,
    /** Names of the activities that were called, in order. */
    calls,

    async ask(networkId: string, reason: Reason = 'event'): Promise<void> {
      await stated;
      const { subscriptionId } = requireResourceId(networkId);
      const request = { target: { kind: 'network' as const, id: networkId }, reason, correlationId: 'c' };
      await enqueue(port, { kind: 'subscription', subscriptionId }, [request], now(), 0);
    },

    /** From now on, a run is ended there. */
    endRunAt(at: Cut | null): void {
      cut = at;
    },

    /** Called before each activity, to let somebody else do something. */
    beforeEach(act: (call: string) => void): void {
      before = act;
    },

    /** Lets all runs end that are to run. */
    rest,

    /** Lets so many minutes pass; the watchdog comes by in each. */
    async minutes(count: number): Promise<void> {
      for (let minute = 0; minute < count; minute++) {
        azure.pass(60);
        await watchdog(port, now());
        await rest();
      }
    },

    /** Another policy is in force, and the sweep has looked at the destinations. */
    async replacePolicy(by: object): Promise<void> {
      await policies.save(by, {});
      const current = await policies.current();
      if (current) await checkDestinations(work, current);
      await rest();
    },

    network: (id: string): Promise<NetworkRecord | null> => records.networks.get(...networkKey(id)),
    networks: (): Promise<NetworkRecord[]> => Array.fromAsync(records.networks.list()),

    destinations: async (): Promise<DestinationBody[]> => [...(await listDestinations(lanes)).values()],
  };
}

function performed(work: WorkContext, name: string, input: unknown): Promise<unknown> {
  if (name in steps) return performStep(work, deployment, name as keyof typeof steps, input as never);
  const book = books[name as keyof typeof books] as (context: WorkContext, given: never) => Promise<unknown>;
  return book(work, input as never);
}
