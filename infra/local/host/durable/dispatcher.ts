import type { InvocationResult } from '../app/protocol.ts';
import type { Clock } from '../clock.ts';
import { activityCompleted, activityFailed } from '../engine/activity-result.ts';
import type { HistoryEvent } from '../engine/history.ts';
import { fromMs } from '../engine/instant.ts';
import { runTurn, type TurnServices } from './run-turn.ts';
import type { QueuedActivity } from './store.ts';

/** Runs what is due: turns of instances, one at a time each, and activities, both up to a limit. */
export interface Dispatcher {
  /** Something has been sent to the instance. */
  wake(instanceId: string): void;
  /** The app is there (again): what it had in hand when it died is repeated. */
  resume(): void;
  stop(): void;
}

export interface DispatcherOptions extends TurnServices {
  maxOrchestrators: number;
  maxActivities: number;
  isAppReady: () => boolean;
  /** Calls an activity function with its input; rejects when the app's process is gone. */
  callActivity: (name: string, input: string | null) => Promise<InvocationResult>;
  /** An unexpected error of the host itself, in the work of an instance. */
  onError: (instanceId: string, error: unknown) => void;
}

const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 60_000;

/** Takes up what the store holds, as soon as the app is there. */
export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const { store, clock } = options;
  const ready = new Set<string>();
  const running = new Set<string>();
  const heldBack = new Set<string>();
  const failures = new Map<string, number>();
  const queue: QueuedActivity[] = store.activities();
  let activities = 0;
  let stopped = false;
  let alarm: { at: number; cancel: () => void } | null = null;

  const pump = () => {
    if (stopped || !options.isAppReady()) return;
    for (const instanceId of ready) {
      if (running.size >= options.maxOrchestrators) break;
      if (!running.has(instanceId)) void turn(instanceId);
    }
    while (queue.length > 0 && activities < options.maxActivities) {
      const next = queue.shift();
      if (next) void activity(next);
    }
  };
  const wake = (instanceId: string) => {
    ready.add(instanceId);
    pump();
  };

  async function turn(instanceId: string): Promise<void> {
    ready.delete(instanceId);
    running.add(instanceId);
    try {
      const outcome = await runTurn(options, instanceId);
      failures.delete(instanceId);
      if (outcome.kind === 'stored') {
        for (const { instanceId: other } of outcome.sent.flatMap(({ messages }) => messages)) ready.add(other);
        queue.push(...outcome.queued);
        if (outcome.firstTimer < (alarm?.at ?? Number.POSITIVE_INFINITY)) setAlarm(outcome.firstTimer);
      } else if (outcome.kind === 'put back') heldBack.add(instanceId);
      if (outcome.kind !== 'put back' && store.hasMessages(instanceId, clock.now())) ready.add(instanceId);
    } catch (error) {
      retry(instanceId, error);
    }
    running.delete(instanceId);
    pump();
  }

  async function activity(work: QueuedActivity): Promise<void> {
    activities++;
    try {
      const result = await options.callActivity(work.name, work.input);
      store.finishActivity(work, answerOf(work, result, clock), clock.now());
      ready.add(work.instanceId);
    } catch (error) {
      if (options.isAppReady()) {
        afterError(work.instanceId, error, () => again(work));
      } else queue.unshift(work);
    }
    activities--;
    pump();
  }

  function again(work: QueuedActivity): void {
    queue.push(work);
    pump();
  }

  function retry(instanceId: string, error: unknown): void {
    if (!options.isAppReady()) {
      ready.add(instanceId);
      return;
    }
    afterError(instanceId, error, () => wake(instanceId));
  }

  /** Repeats, ever more slowly, what failed in the host itself. */
  function afterError(instanceId: string, error: unknown, repeat: () => void): void {
    options.onError(instanceId, error);
    const before = failures.get(instanceId) ?? 0;
    failures.set(instanceId, before + 1);
    clock.at(clock.now() + Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** before), repeat);
  }

  function lookForDue(): void {
    const { instanceIds, next } = store.due(clock.now());
    for (const instanceId of instanceIds) if (!heldBack.has(instanceId)) ready.add(instanceId);
    setAlarm(next ?? Number.POSITIVE_INFINITY);
  }
  function setAlarm(at: number): void {
    alarm?.cancel();
    alarm = at === Number.POSITIVE_INFINITY ? null : { at, cancel: clock.at(at, onAlarm) };
  }
  const onAlarm = () => {
    if (stopped) return;
    lookForDue();
    pump();
  };
  lookForDue();

  return {
    wake: (instanceId) => {
      heldBack.delete(instanceId);
      wake(instanceId);
    },
    resume: () => {
      heldBack.clear();
      lookForDue();
      pump();
    },
    stop: () => {
      stopped = true;
      alarm?.cancel();
    },
  };
}

function answerOf(work: QueuedActivity, result: InvocationResult, clock: Clock): HistoryEvent {
  const now = fromMs(clock.now());
  return result.ok
    ? activityCompleted(work.taskId, result.returnValue, now)
    : activityFailed(work.taskId, work.name, result, now);
}
