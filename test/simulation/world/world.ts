import { createHash } from 'node:crypto';
import { metrics, trace } from '@opentelemetry/api';
import { assemble, type Outside } from '../../../functions/composition.ts';
import { readSettings } from '../../../functions/settings.ts';
import type { Resource, ResourceBody } from '../../../infra/local/arm/core/resource-type.ts';
import type { Times } from '../../../infra/local/arm/core/times.ts';
import type { InvocationResult } from '../../../infra/local/host/app/protocol.ts';
import { said } from '../../../shared/azure/arm-outcome.ts';
import type { FlowLogContainer } from '../../../shared/azure/flow-log-container.ts';
import { createTelemetry } from '../../../shared/telemetry/telemetry.ts';
import { type Histories, keepHistories, type RowChange } from '../promises/histories.ts';
import { type Azure, createAzure, credential, type Served } from './azure.ts';
import { type Books, createBooks, gatedDeadLetters, gatedLanes, gatedPolicies, gatedRows } from './books.ts';
import { app as appPrincipal, type Plan, planEstate } from './estate.ts';
import { createEventGrid } from './event-grid.ts';
import { createGates, type Gates, type Incarnation } from './gates.ts';
import { createHost } from './host.ts';
import type { Invocation } from './invocation.ts';
import { appSettings, beginWorld, loadApp, type Plant, useWorld } from './loaded-app.ts';
import { guidOf, pick, randomOf } from './random.ts';
import { createTimeline } from './timeline.ts';

const startsAt = Date.parse('2026-11-23T08:00:30Z');

/** How likely something goes wrong at a gate: one of these in each world. */
const faultiness = [0.005, 0.02, 0.02, 0.06] as const;

export type WorldOptions = {
  readonly seed: number;
  /** Whether this fault or act may happen. */
  readonly allows: (fault: string) => boolean;
  readonly plant?: Plant;
  /** Another estate than the seed's, in which nothing goes wrong and every call takes as long as a call takes. */
  readonly steady?: { readonly plan: Plan; readonly times: Times };
  readonly watch: (parts: Watchable) => Watch;
};

/** What whoever checks promises sees of a world. */
export type Watchable = {
  readonly plan: Plan;
  readonly books: Books;
  readonly histories: Histories;
  readonly now: () => number;
  /** Nothing goes wrong in this world but what people do. */
  readonly healthy: boolean;
  readonly resource: (id: string) => Resource | null;
};

export type Watch = {
  readonly onServed: (served: Served) => void;
  readonly onToken: (host: string) => void;
  readonly onInvoke: (invocation: Invocation) => void;
  readonly onInvoked: (invocation: Invocation, result: InvocationResult) => void;
  readonly onRecorded: (table: string, item: unknown) => void;
  readonly onCommitted: (laneId: string, changes: readonly RowChange[]) => void;
};

export type World = Awaited<ReturnType<typeof openWorld>>;

/** The product, its host, its storage and Azure in one process, on virtual time. Everything in it follows from the seed. */
export async function openWorld({ seed, allows, plant = {}, steady, watch }: WorldOptions) {
  beginWorld(plant);
  const random = randomOf(seed);
  const timeline = createTimeline(startsAt);
  const lines: string[] = [];
  /** The first line only: stacks tell of this process, not of the world. */
  const note = (text: string) => {
    const [line] = text.split('\n', 1);
    lines.push(`${((timeline.now() - startsAt) / 1000).toFixed(3).padStart(9)} ${line}`);
  };
  const healthy = steady !== undefined || random('healthy') < 0.3;
  let current = healthy ? 0 : pick(faultiness, random('faultiness'));
  const slowest = steady ? 'steady' : healthy ? 'prompt' : 'any';
  const gates = createGates({ random, timeline, faultiness: () => current, allows, note, slowest });
  const plan = steady?.plan ?? planEstate(random);
  const memory = createBooks((...record) => watched.onRecorded(...record));
  const histories: Histories = keepHistories(memory.lanes, memory.policies, timeline.now, (...of) =>
    watched.onCommitted(...of),
  );
  const books = { ...memory, lanes: histories.lanes, policies: histories.policies };
  const watched: Watch = watch({
    plan,
    books,
    histories,
    healthy,
    now: timeline.now,
    resource: (id) => azure.world.store.get(id) ?? null,
  });
  const { onServed, onToken, onInvoke, onInvoked } = watched;
  const interferences = countInterferences();
  const azure = createAzure({
    plan,
    times: steady?.times,
    seed,
    random,
    timeline,
    gates,
    onServed: (served) => {
      interferences.note(served);
      onServed(served);
    },
    onToken,
    onChange: () => eventGrid.carry(),
  });
  const host = createHost({
    functions: await loadApp(),
    timeline,
    gates,
    log: note,
    onInvoke,
    onInvoked,
    onAppStart: (by, deployments) => {
      const outside = outsideOf(by, gates, books, azure, timeline.now);
      const app = assemble(plant.outside?.(outside) ?? outside);
      useWorld(
        () => app,
        host.carry,
        (name) => guidOf(random, name),
        deployments % 2 === 1,
      );
    },
  });
  const eventGrid = createEventGrid({
    world: azure.world,
    random,
    timeline,
    gates,
    bury: (event) => books.deadLetters.put(JSON.stringify([event]), new Date(timeline.now()).toISOString()),
    post: (event) => {
      const path = `/runtime/webhooks/eventgrid?functionName=onResourceEvent&code=key`;
      const headers = { 'aeg-event-type': 'Notification' };
      const answer = host.request('POST', path, JSON.stringify([event]), headers).then(({ status }) => status);
      const late = new Promise<number>((resolve) => timeline.at(timeline.now() + 30_000, () => resolve(0)));
      return Promise.race([answer, late]);
    },
  });
  await books.policies.save(plan.policy, {});
  host.start();

  return {
    plan,
    random,
    healthy,
    timeline,
    gates,
    books,
    azure,
    host,
    trace: lines,
    note,
    interferences: interferences.of,
    elapsedSeconds: () => (timeline.now() - startsAt) / 1000,
    /** From now on nothing goes wrong any more. */
    calm(): void {
      current = 0;
    },
    /** The same for the same seed, unless the product or the simulation has changed. */
    hash: () => createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16),
    close: () => host.stop(),
  };
}

/** How often others have changed a network's flow log, or deleted it. */
function countInterferences() {
  const counts = new Map<string, number>();
  return {
    note({ request, before, response, by }: Served): void {
      if (by || response.status >= 300 || !/\/flowLogs\//i.test(request.path)) return;
      const flowLog = before ?? (response.body as ResourceBody);
      const target = String(flowLog.properties.targetResourceId).toLowerCase();
      counts.set(target, (counts.get(target) ?? 0) + 1);
    },
    of: (networkId: string) => counts.get(networkId.toLowerCase()) ?? 0,
  };
}

/** No machine runs in these worlds, so no log has anything to deliver. */
const nothingDelivered: FlowLogContainer = {
  foldersIn: () => Promise.resolve(said([])),
  writtenAt: () => Promise.resolve(said([])),
};

/** What the app takes from outside, all of it behind gates. */
function outsideOf(by: Incarnation, gates: Gates, books: Books, azure: Azure, now: () => number): Outside {
  return {
    settings: readSettings({ ...appSettings, FLOWKEEPER_PRINCIPAL_ID: appPrincipal.principalId }),
    credential,
    httpClient: azure.clientOf(by),
    lanes: gatedLanes(books.lanes, gates, by),
    inboxSurvey: () => Promise.reject(new Error('Nobody asks how a simulation is.')),
    policies: gatedPolicies(books.policies, gates, by),
    openTable: (name, ...shape) => gatedRows(name, books.open(name, ...shape), gates, by),
    openFlowLogContainer: () => nothingDelivered,
    deadLetters: gatedDeadLetters(books.deadLetters, gates, by),
    topic: null,
    telemetry: createTelemetry(metrics.getMeter('simulated'), trace.getTracer('simulated'), async () => {}),
    now: () => new Date(now()),
  };
}
