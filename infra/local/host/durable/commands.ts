import { v4 as uuid } from 'uuid';
import type { Clock } from '../clock.ts';
import { eventNameHazards } from '../engine/action-hazards.ts';
import { eventRaisedEvent, resumedEvent, startedEvent, suspendedEvent, terminatedEvent } from '../engine/events.ts';
import type { HistoryEvent, RuntimeStatus } from '../engine/history.ts';
import { fromMs, type Instant } from '../engine/instant.ts';
import { newExecutionId } from '../engine/outgoing.ts';
import { isEnded } from '../engine/status.ts';
import type { Instance } from './instances.ts';
import type { Store } from './store.ts';

export interface StartRequest {
  name: string;
  instanceId: string | null;
  /** The input as JSON text, as it came. */
  input: string | null;
  version: string | null;
}

export type StartAnswer = { kind: 'started'; instanceId: string } | { kind: 'exists'; status: RuntimeStatus };
export type OrderAnswer = 'accepted' | 'unknown' | 'ended' | { refusedIn: RuntimeStatus };

/** What clients may ask of instances. */
export interface Commands {
  start(request: StartRequest): Promise<StartAnswer>;
  restart(instance: Instance, keepId: boolean): Promise<StartAnswer>;
  raiseEvent(instanceId: string, name: string, input: string): OrderAnswer;
  terminate(instanceId: string, reason: string | null): OrderAnswer;
  suspend(instanceId: string, reason: string | null): OrderAnswer;
  resume(instanceId: string, reason: string | null): OrderAnswer;
}

export interface CommandOptions {
  store: Store;
  clock: Clock;
  defaultVersion: string | null;
  /** Whether a start may replace an instance in any state (host.json: overridableExistingInstanceStates = AnyState). */
  overridesAnyState: boolean;
  wake: (instanceId: string) => void;
  hazard: (functionName: string, what: string) => void;
}

// The real engine looks whether the id is free, then writes, with a storage request in between: two starts at once are
// both accepted, and the later one is lost without a trace. This is how long that gap is here.
const RACE_WINDOW_MS = 4;

/** The commands over a store; whoever runs the instances is woken by `wake`. */
export function commandsOf({
  store,
  clock,
  defaultVersion,
  overridesAnyState,
  wake,
  hazard,
}: CommandOptions): Commands {
  const send = (instanceId: string, make: (now: Instant) => HistoryEvent) => {
    const now = clock.now();
    store.send({ instanceId, executionId: null, event: make(fromMs(now)) }, now);
    wake(instanceId);
  };
  const order = (
    instanceId: string,
    allowed: (status: RuntimeStatus) => boolean,
    make: (now: Instant) => HistoryEvent,
  ): OrderAnswer => {
    const instance = store.instance(instanceId);
    if (!instance) return 'unknown';
    if (isEnded(instance.status)) return 'ended';
    if (!allowed(instance.status)) return { refusedIn: instance.status };
    send(instanceId, make);
    return 'accepted';
  };

  const start = async (request: StartRequest, executionId: string = uuid()): Promise<StartAnswer> => {
    const instanceId = request.instanceId ?? uuid().replaceAll('-', '');
    const before = store.instance(instanceId);
    if (before && !isEnded(before.status) && !overridesAnyState) return { kind: 'exists', status: before.status };
    await new Promise<void>((resolve) => clock.at(clock.now() + RACE_WINDOW_MS, resolve));
    // Requests that have arrived meanwhile get their look as well.
    await new Promise((resolve) => setImmediate(resolve));
    if (store.instance(instanceId)?.executionId === before?.executionId)
      begin(instanceId, executionId, request, before);
    return { kind: 'started', instanceId };
  };
  const begin = (instanceId: string, executionId: string, request: StartRequest, before: Instance | undefined) => {
    const now = clock.now();
    const event = startedEvent(fromMs(now), {
      instance: { InstanceId: instanceId, ExecutionId: executionId },
      parent: null,
      name: request.name,
      version: request.version ?? defaultVersion ?? '',
      input: request.input,
      generation: before ? (before.generation ?? 0) + 1 : 0,
    });
    const instance: Instance = {
      instanceId,
      executionId: event.OrchestrationInstance.ExecutionId,
      name: event.Name,
      version: event.Version,
      status: 'Pending',
      input: event.Input,
      output: null,
      customStatus: null,
      generation: event.Generation,
      createdAt: now,
      updatedAt: now,
    };
    store.start(instance, event, now);
    wake(instanceId);
  };

  return {
    start: (request) => start(request),
    restart: ({ name, instanceId, input }, keepId) =>
      start({ name, instanceId: keepId ? instanceId : null, input, version: null }, newExecutionId()),
    raiseEvent: (instanceId, name, input) => {
      for (const odd of eventNameHazards(name)) hazard(store.instance(instanceId)?.name ?? '', odd);
      return order(
        instanceId,
        () => true,
        (now) => eventRaisedEvent(now, name, input),
      );
    },
    terminate: (instanceId, reason) =>
      order(
        instanceId,
        () => true,
        (now) => terminatedEvent(now, reason),
      ),
    suspend: (instanceId, reason) =>
      order(
        instanceId,
        (status) => status !== 'Suspended',
        (now) => suspendedEvent(now, reason),
      ),
    resume: (instanceId, reason) =>
      order(
        instanceId,
        (status) => status === 'Suspended',
        (now) => resumedEvent(now, reason),
      ),
  };
}
