import { actionHazards, reuseOfTasks } from './action-hazards.ts';
import { type ReplayContext, scheduleChild, scheduleTask } from './context.ts';
import { activityInputText, jsonText, kilobytes } from './dotnet-text.ts';
import { callHttp } from './durable-http.ts';
import { type ExternalEvents, externalEvents } from './external-events.ts';
import { fromMs, parseInstant } from './instant.ts';
import { timerMaker } from './long-timer.ts';
import { Unsupported, unsupportedFeature } from './refusals.ts';
import { withRetry } from './retry.ts';
import { type EngineSettings, findName, unknownFunction } from './settings.ts';
import type { Action, OrchestratorState, RetryOptions } from './state.ts';
import { allOf, firstOf, settled, type Task } from './task.ts';

export interface Walk {
  /** Begins the walk: called when the replay meets ExecutionStarted. */
  begin(): void;
  /** Why the instance can never go on, if that is so. */
  stuck(): string[];
  /** Whether the extension refused the state as a whole: its custom status is then not taken over. */
  refused(): boolean;
  /** What is odd about the actions taken. */
  hazards(): string[];
}

const LONGEST_RETRY = fromMs(6 * 24 * 60 * 60 * 1000);

/**
 * Plays the actions that the function answered against a replay, as the extension does for JavaScript: one after the
 * other, each awaited. A refused action is swallowed, without event and without id; the function waits for it for ever.
 */
export function walkOf(context: ReplayContext, name: string, state: OrchestratorState, settings: EngineSettings): Walk {
  const events = externalEvents();
  const refused: string[] = [];
  const hazards = new Set<string>();
  let over = false;
  let tooBig = false;
  context.onEvent = (event) => events.raise(event.Name);
  const invoke = invoker(context, settings, events, refused, (found) => hazards.add(found));

  const fail = (message: string) => {
    context.ending = {
      status: 'Failed',
      message: `Orchestrator function '${name}' failed: ${message}`,
      details: details(message),
    };
  };
  const finish = () => {
    over = true;
    if (state.error) fail(state.error);
    else if (state.isDone)
      context.ending = { status: 'Completed', output: state.output === undefined ? null : jsonText(state.output) };
  };
  const actions = state.actions[0] ?? [];
  const step = (from: number): void => {
    for (let at = from; at < actions.length; at++) {
      const action = actions[at];
      if (!action) break;
      const task = invoke(action);
      if (task.state === 'open') {
        task.whenSettled(() => stepOrFail(at + 1));
        return;
      }
    }
    finish();
  };
  const stepOrFail = (from: number): void => {
    try {
      step(from);
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      fail(error.message);
    }
  };

  return {
    begin: () => {
      const size = state.customStatus === undefined ? 0 : kilobytes(jsonText(state.customStatus));
      tooBig = size > 16;
      if (tooBig)
        return fail(
          `The UTF-16 size of the JSON-serialized payload must not exceed 16 KB. The current payload size is ${size} KB.`,
        );
      stepOrFail(0);
    },
    refused: () => tooBig,
    hazards: () => [...hazards],
    stuck: () => (over && !context.ending && !context.continuation && context.open.size === 0 ? reasons(refused) : []),
  };
}

function details(message: string): string {
  return `Message: ${message}, StackTrace: `;
}

function reasons(refused: string[]): string[] {
  if (refused.length > 0) return refused;
  return [
    'it threw something without a message (a string, null, or an Error with an empty message), or waits for an event whose name differs in case: throw an Error with a message, send events with the exact name',
  ];
}

type Invoke = (action: Action) => Task;

function invoker(
  context: ReplayContext,
  settings: EngineSettings,
  events: ExternalEvents,
  refused: string[],
  odd: (hazard: string) => void,
): Invoke {
  const makeTimer = timerMaker(context);
  const refuse = (why: string): Task => {
    refused.push(why);
    return settled('failed');
  };
  const retried = (what: string, options: RetryOptions, attempt: () => Task): Task => {
    if (fromMs(options.firstRetryIntervalInMilliseconds) > LONGEST_RETRY)
      return refuse(`the retry interval of ${what} is over 6 days: use a shorter one`);
    return withRetry(context, options, attempt, (why) =>
      refused.push(
        `the retries of ${what} ended early, since ${why}, and the SDK waits for a timer that never comes: do not use it, return a value instead of throwing`,
      ),
    );
  };
  const activity = (action: { functionName: string; input?: unknown }): (() => Task) | string => {
    const found = findName(settings.activities, action.functionName);
    if (!found) return `there is no activity '${action.functionName}': register it, or correct the name`;
    return () => scheduleTask(context, action.functionName, activityInputText(action.input));
  };
  const child = (action: ChildCall): (() => Task) | string => {
    const found = findName(settings.orchestrators, action.functionName);
    if (!found) return `there is no orchestrator '${action.functionName}': register it, or correct the name`;
    const taken = [context.instanceId, context.parentInstanceId].some(
      (id) => id?.toLowerCase() === action.instanceId?.toLowerCase(),
    );
    if (action.instanceId && taken) {
      return "a sub-orchestration cannot have the id of its parent, or of its parent's parent: choose another id, or leave it out";
    }
    return () =>
      scheduleChild(context, {
        name: action.functionName,
        version: action.version ?? settings.defaultVersion ?? '',
        instanceId: action.instanceId ?? null,
        input: action.input === undefined || action.input === null ? null : jsonText(action.input),
      });
  };
  const orRefuse = (call: (() => Task) | string, wrap: (attempt: () => Task) => Task): Task =>
    typeof call === 'string' ? refuse(call) : wrap(call);

  const reuse = reuseOfTasks();
  const invokeAll = (actions: readonly Action[]): Task[] => {
    reuse.hazards(actions).forEach(odd);
    return actions.map((action) => {
      const task = invoke(action);
      reuse.remember(action, task);
      return task;
    });
  };
  const invoke: Invoke = (action) => {
    actionHazards(action, context.now).forEach(odd);
    switch (action.actionType) {
      case 0:
        return orRefuse(activity(action), (call) => call());
      case 1:
        return orRefuse(activity(action), (call) => retried(action.functionName, action.retryOptions, call));
      case 2:
        return orRefuse(child(action), (call) => call());
      case 3:
        return orRefuse(child(action), (call) => retried(action.functionName, action.retryOptions, call));
      case 4:
        events.unclaimed().forEach((name) => {
          odd(
            `it continues as new while events named '${name}' wait to be taken, and these are lost: take all that have come before continueAsNew`,
          );
        });
        context.continuation = { input: action.input === undefined ? null : jsonText(action.input), carriedOver: [] };
        return settled('done');
      case 5:
        return makeTimer(parseInstant(action.fireAt), action.isCanceled);
      case 6:
        return events.wait(action.externalEventName);
      case 11:
        return firstOf(invokeAll(action.compoundActions));
      case 12:
        return allOf(invokeAll(action.compoundActions));
      case 7: {
        const entity = entityName(action.instanceId);
        if (!findName(settings.entities, entity))
          return refuse(`there is no entity '${entity}': register it, or correct the name`);
        throw unsupportedFeature('entities');
      }
      case 9:
      case 10: {
        const entity = entityName(action.instanceId);
        if (!findName(settings.entities, entity))
          throw new Unsupported(unknownFunction(entity, 'entity', settings.entities));
        throw unsupportedFeature('entities');
      }
      case 8:
        if (action.httpRequest.tokenSource) throw unsupportedFeature('tokenSource');
        return callHttp(context, action.httpRequest);
      default:
        throw unsupportedFeature('locks');
    }
  };
  return invoke;
}

interface ChildCall {
  functionName: string;
  instanceId?: string | null | undefined;
  version?: string | null | undefined;
  input?: unknown;
}

/** The name in an entity's id, `@name@key`. */
function entityName(instanceId: string): string {
  return instanceId.split('@')[1] ?? instanceId;
}
