import { type Call, callActivity, callChild, type Refused } from './action-calls.ts';
import { actionHazards, reuseOfTasks } from './action-hazards.ts';
import type { ReplayContext } from './context.ts';
import { jsonText } from './dotnet-text.ts';
import { callHttp } from './durable-http.ts';
import { externalEvents } from './external-events.ts';
import { parseInstant } from './instant.ts';
import { timerMaker } from './long-timer.ts';
import { Unsupported, unsupportedFeature } from './refusals.ts';
import { type EngineSettings, findName, unknownFunction } from './settings.ts';
import type { Action } from './state.ts';
import { allOf, firstOf, settled, type Task } from './task.ts';

/** What is to be told of the actions: those that are refused, for which the function waits in vain, and those that are odd. */
export interface Notes {
  refuse(why: string): void;
  hazard(what: string): void;
}

/** Carries out one action after the other in a replay: what it answers is what the walk waits for. Throws Unsupported. */
export function actionInvoker(
  context: ReplayContext,
  settings: EngineSettings,
  notes: Notes,
): (action: Action) => Task {
  const makeTimer = timerMaker(context);
  const reuse = reuseOfTasks();
  const events = externalEvents((waitedFor, came) =>
    notes.hazard(
      `it waits for an event '${waitedFor}', and one named '${came}' came, which is lost: send events with the exact name`,
    ),
  );
  context.onEvent = (event) => events.raise(event.Name);

  const refuse = ({ refused }: Refused): Task => {
    notes.refuse(refused);
    return settled('failed');
  };
  const run = (call: Call | Refused): Task => ('refused' in call ? refuse(call) : call.run(notes));
  const invokeAll = (actions: readonly Action[]): Task[] => {
    reuse.hazards(actions).forEach(notes.hazard);
    return actions.map((action) => {
      const task = invoke(action);
      reuse.remember(action, task);
      return task;
    });
  };
  const continueAsNew = (input: unknown): Task => {
    for (const name of events.unclaimed())
      notes.hazard(
        `it continues as new while events named '${name}' wait to be taken, and these are lost: take all that have come before continueAsNew`,
      );
    context.continuation = { input: input === undefined ? null : jsonText(input), carriedOver: [] };
    return settled('done');
  };
  const callEntity = (instanceId: string): Task => {
    const entity = entityName(instanceId);
    if (findName(settings.entities, entity)) throw unsupportedFeature('entities');
    return refuse({ refused: `there is no entity '${entity}': register it, or correct the name` });
  };

  const invoke = (action: Action): Task => {
    actionHazards(action, context.now).forEach(notes.hazard);
    switch (action.actionType) {
      case 0:
      case 1:
        return run(callActivity(context, settings, action));
      case 2:
      case 3:
        return run(callChild(context, settings, action));
      case 4:
        return continueAsNew(action.input);
      case 5:
        return makeTimer(parseInstant(action.fireAt), action.isCanceled);
      case 6:
        return events.wait(action.externalEventName);
      case 7:
        return callEntity(action.instanceId);
      case 8:
        if (action.httpRequest.tokenSource) throw unsupportedFeature('tokenSource');
        return callHttp(context, action.httpRequest);
      case 9:
      case 10:
        throw refusedSignal(settings, entityName(action.instanceId));
      case 11:
        return firstOf(invokeAll(action.compoundActions));
      case 12:
        return allOf(invokeAll(action.compoundActions));
      default:
        throw unsupportedFeature('locks');
    }
  };
  return invoke;
}

/** Unlike a call, a signal to an entity that is not there fails the orchestration in the real engine too. */
function refusedSignal({ entities }: EngineSettings, entity: string): Unsupported {
  return findName(entities, entity)
    ? unsupportedFeature('entities')
    : new Unsupported(unknownFunction(entity, 'entity', entities));
}

/** The name in an entity's id, `@name@key`. */
function entityName(instanceId: string): string {
  return instanceId.split('@')[1] ?? instanceId;
}
