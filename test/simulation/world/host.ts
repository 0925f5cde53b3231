import type { AppProcess } from '../../../infra/local/host/app/app-process.ts';
import { callsOf } from '../../../infra/local/host/app/calls.ts';
import { type AppFunction, type InvocationResult, triggerOf } from '../../../infra/local/host/app/protocol.ts';
import { AppGone } from '../../../infra/local/host/app/worker.ts';
import type { Clock } from '../../../infra/local/host/clock.ts';
import { commandsOf } from '../../../infra/local/host/durable/commands.ts';
import { openDatabase } from '../../../infra/local/host/durable/database.ts';
import { type Dispatcher, startDispatcher } from '../../../infra/local/host/durable/dispatcher.ts';
import { openStore } from '../../../infra/local/host/durable/store.ts';
import type { EngineSettings } from '../../../infra/local/host/engine/settings.ts';
import type { TypedData } from '../../../infra/local/host/engine/typed-data.ts';
import { type HttpAnswer, type HttpRequest, notFound } from '../../../infra/local/host/http/message.ts';
import { router } from '../../../infra/local/host/http/router.ts';
import { clientBindingText } from '../../../infra/local/host/management/links.ts';
import { httpFunctions } from '../../../infra/local/host/triggers/http.ts';
import { startTimers } from '../../../infra/local/host/triggers/timers.ts';
import type { Gates, Incarnation } from './gates.ts';
import { currentInvocation, type Invocation, invocationOf } from './invocation.ts';
import { type ClientRequest, type ClientResponse, invokeApp } from './loaded-app.ts';
import type { Timeline } from './timeline.ts';

const url = 'http://host.example';
const key = 'key';
const keys = { function: key, master: key, eventgrid: key, durabletask: key };

export type Host = ReturnType<typeof createHost>;

type HostOptions = {
  readonly functions: readonly AppFunction[];
  readonly timeline: Timeline;
  readonly gates: Gates;
  /** Called whenever a new process of the app begins, with its incarnation and how often it was deployed anew. */
  readonly onAppStart: (by: Incarnation, deployments: number) => void;
  readonly onInvoke: (invocation: Invocation) => void;
  readonly onInvoked: (invocation: Invocation, result: InvocationResult) => void;
  readonly log: (line: string) => void;
};

/**
 * The embedded Functions host without its sockets and without a process for the app: its store, dispatcher, router and
 * timers on virtual time. Host and app die and come back when they are told to; only the store outlives them.
 */
export function createHost(options: HostOptions) {
  const { functions, timeline, gates, log } = options;
  const store = openStore(openDatabase(':memory:'));
  let host: ReturnType<typeof startProcess> | null = null;
  let deployments = 0;
  const version = () => `1.${deployments}.0`;

  function startProcess() {
    const by: Incarnation = { alive: true };
    const clock = clockOf(timeline, by);
    const app = appProcess({ ...options, onAppStart: (app) => options.onAppStart(app, deployments) });
    const calls = callsOf({
      app: () => app,
      clientBinding: () => clientBindingText(url, { taskHub: 'simulated', key }),
      whenReady: () => (app.isReady() ? Promise.resolve() : Promise.reject(new AppGone('The app is not running.'))),
      // That a function begins and ends is seen from its gates.
      log: ({ level, message }) => level !== 'debug' && log(message),
    });
    const settings = engineSettings(functions, version());
    let dispatcher: Dispatcher | null = null;
    const commands = commandsOf({
      defaultVersion: version(),
      overridesAnyState: false,
      store,
      clock,
      wake: (instanceId) => dispatcher?.wake(instanceId),
      hazard: () => {},
    });
    const call = (name: string, type: string, data: string | null): Promise<InvocationResult> => {
      const fn = functions.find((one) => one.name === name && triggerOf(one).binding.type === type);
      if (!fn) throw new Error(`There is no function ${name}.`);
      return calls.call(fn, data === null ? null : { string: data });
    };
    const crash = (work: () => Promise<InvocationResult>, first: boolean) => async () => {
      if (!first) await work();
      crashApp();
      throw new AppGone('The app has crashed.');
    };
    dispatcher = startDispatcher({
      store,
      clock,
      settings: () => settings,
      versionMatch: 'CurrentOrOlder',
      maxOrchestrators: 16,
      maxActivities: 16,
      isAppReady: () => app.isReady(),
      callOrchestrator: (name, payload) => call(name, 'orchestrationTrigger', payload),
      callActivity: (name, input) => {
        const open = () => call(name, 'activityTrigger', input);
        return gates.pass({
          name: `activity ${name} ${subjectOf(input ?? '')}`,
          by,
          open,
          faults: {
            'app crashes before': crash(open, true),
            'app crashes after': crash(open, false),
            // A worker that was taken for dead goes on beside the one that repeats its work.
            'runs twice': () => {
              open().catch(() => {});
              return open();
            },
          },
        });
      },
      warn: (instanceId, reason) => log(`${instanceId} is stuck: ${reason}`),
      hazard: () => {},
      onError: (instanceId, error) => log(`${instanceId} failed in the host: ${String(error)}`),
    });
    const route = router({
      management: () => ({
        store,
        commands,
        clock,
        links: { taskHub: 'simulated', key },
        settings: () => settings,
      }),
      app: () => app,
      calls,
      whenReady: () => (app.isReady() ? Promise.resolve() : Promise.reject(new AppGone('The app is not running.'))),
      httpFunctions: () => httpFunctions(functions, ({ message }) => log(message)),
      routePrefix: 'api',
      keys,
      asksForKeys: false,
    });
    const timers = startTimers(functions, {
      db: store.db,
      clock,
      log: ({ message }) => log(message),
      settings: {},
      call: (fn, data, retry) => calls.callPatiently(fn, data, {}, retry),
    });
    return {
      by,
      app,
      route,
      dispatcher,
      die() {
        by.alive = false;
        app.die();
        timers.stop();
        dispatcher?.stop();
      },
    };
  }

  function crashApp(downMs = 2_000): void {
    const current = host;
    if (!current?.app.isReady()) return;
    current.app.die();
    timeline.at(timeline.now() + downMs, () => {
      if (!current.by.alive) return;
      current.app.begin();
      current.dispatcher.resume();
    });
  }

  return {
    store,

    start(): void {
      host = startProcess();
      host.app.begin();
      host.dispatcher.resume();
    },

    /** The app's process dies, and is started again. */
    crashApp,

    /** Host and app die together, and come back. */
    crash(downMs: number): void {
      if (!host) return;
      host.die();
      host = null;
      timeline.at(timeline.now() + downMs, () => this.start());
    },

    /** Another version of the app: instances of the one before meet its code. */
    deploy(): void {
      deployments += 1;
      this.crash(3_000);
    },

    stop(): void {
      host?.die();
      store.db.close();
    },

    /** A request to the host, or 503 while there is none. A host that dies over it never answers. */
    async request(method: string, path: string, body = '', headers: Record<string, string> = {}): Promise<HttpAnswer> {
      if (!host?.app.isReady()) return { status: 503 };
      return host.route(requestOf(method, new URL(path, url), body, headers));
    },

    /** The durable client's requests: each is a gate of the app's process. */
    async carry({ method, url: address, body }: ClientRequest): Promise<ClientResponse> {
      const current = host;
      if (!current) throw new Error('A request of a dead app.');
      const target = new URL(address);
      const open = async () => toClient(host ? await host.route(requestOf(method, target, body, {})) : notFound);
      return gates.pass({
        name: `durable ${method} ${target.pathname}`,
        by: current.app.incarnation(),
        open,
        faults: {
          'request lost': () => {
            throw new Error('socket hang up');
          },
          'answer lost': () =>
            open().then(() => {
              throw new Error('socket hang up');
            }),
        },
      });
    },
  };
}

/** The app in this very process: one incarnation after the other. */
function appProcess({
  functions,
  timeline,
  onAppStart,
  onInvoke,
  onInvoked,
  log,
}: Omit<HostOptions, 'onAppStart'> & { readonly onAppStart: (by: Incarnation) => void }) {
  let by: Incarnation = { alive: false };
  let pending = new Set<(error: Error) => void>();
  return {
    functions: () => functions,
    isReady: () => by.alive,
    pid: () => 1,
    incarnation: () => by,
    begin(): void {
      by = { alive: true };
      onAppStart(by);
    },
    die(): void {
      by.alive = false;
      const left = pending;
      pending = new Set();
      for (const reject of left) reject(new AppGone('The app has died.'));
    },
    invoke: (request) => {
      const { alive } = by;
      const mine = by;
      return new Promise((resolve, reject) => {
        if (!alive) return reject(new AppGone('The app is not running.'));
        pending.add(reject);
        const data = dataOf(request.inputs[0]?.data);
        const invocation = invocationOf(request.functionName, data, timeline.now());
        onInvoke(invocation);
        void currentInvocation
          .run(invocation, () => invokeApp(request, log))
          .then((result) => {
            pending.delete(reject);
            if (!mine.alive) return;
            onInvoked(invocation, result);
            resolve(result);
          });
      });
    },
    stop: async () => {},
  } satisfies AppProcess & Record<string, unknown>;
}

function dataOf(data: TypedData | null | undefined): string {
  if (data && 'string' in data) return data.string;
  return data && 'json' in data ? data.json : '';
}

function clockOf(timeline: Timeline, by: Incarnation): Clock {
  return {
    now: timeline.now,
    at: (ms, call) => timeline.at(ms, () => by.alive && call()),
  };
}

function requestOf(method: string, address: URL, body: string, headers: Record<string, string>): HttpRequest {
  return {
    method,
    url: address,
    segments: address.pathname.split('/').slice(1),
    headers: { 'content-type': 'application/json', 'content-length': String(body.length), ...headers },
    body: Buffer.from(body),
  };
}

function toClient({ status, headers = {}, body = '' }: HttpAnswer): ClientResponse {
  const flat = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return { status, headers: Object.fromEntries(flat), data: String(body) };
}

/** What an activity is about, from its input: enough to tell one gate from another. */
function subjectOf(input: string): string {
  const field = (name: string) => new RegExp(`"${name}":"?([^",}]+)`).exec(input)?.[1] ?? '';
  const resource = field('resourceId') || field('networkId');
  return `${field('subscriptionId') || field('account')}-${field('generation')} ${resource.split('/').at(-1) ?? ''}`;
}

function engineSettings(functions: readonly AppFunction[], defaultVersion: string): EngineSettings {
  const named = (type: string) =>
    new Set(functions.filter((fn) => triggerOf(fn).binding.type === type).map(({ name }) => name));
  return {
    orchestrators: named('orchestrationTrigger'),
    activities: named('activityTrigger'),
    entities: new Set<string>(),
    defaultVersion,
  };
}
