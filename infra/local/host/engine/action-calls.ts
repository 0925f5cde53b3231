import { type ReplayContext, scheduleChild, scheduleTask } from './context.ts';
import { activityInputText, jsonText } from './dotnet-text.ts';
import { fromMs } from './instant.ts';
import { withRetry } from './retry.ts';
import { type EngineSettings, findName } from './settings.ts';
import type { RetryOptions } from './state.ts';
import type { Task } from './task.ts';

/** A call that can be made. */
export interface Call {
  run(notes: { refuse(why: string): void }): Task;
}

/** A call that cannot, with the reason and what to do. */
export interface Refused {
  refused: string;
}

interface Callee {
  functionName: string;
  input?: unknown;
  retryOptions?: RetryOptions;
}

interface Child extends Callee {
  instanceId?: string | null | undefined;
  version?: string | null | undefined;
}

const LONGEST_RETRY = fromMs(6 * 24 * 60 * 60 * 1000);

/** Calls an activity, with retries if the action asks for them. */
export function callActivity(context: ReplayContext, { activities }: EngineSettings, action: Callee): Call | Refused {
  const { functionName, input } = action;
  if (!findName(activities, functionName))
    return { refused: `there is no activity '${functionName}': register it, or correct the name` };
  return retried(context, action, () => scheduleTask(context, functionName, activityInputText(input)));
}

/** Calls a sub-orchestrator, with retries if the action asks for them. */
export function callChild(context: ReplayContext, settings: EngineSettings, action: Child): Call | Refused {
  const { functionName, input, version, instanceId } = action;
  if (!findName(settings.orchestrators, functionName))
    return { refused: `there is no orchestrator '${functionName}': register it, or correct the name` };
  if (instanceId && isOfFamily(context, instanceId))
    return {
      refused:
        "a sub-orchestration cannot have the id of its parent, or of its parent's parent: choose another id, or leave it out",
    };
  const child = {
    name: functionName,
    version: version ?? settings.defaultVersion ?? '',
    instanceId: instanceId ?? null,
    input: input === undefined || input === null ? null : jsonText(input),
  };
  return retried(context, action, () => scheduleChild(context, child));
}

function isOfFamily(context: ReplayContext, instanceId: string): boolean {
  return [context.instanceId, context.parentInstanceId].some((id) => id?.toLowerCase() === instanceId.toLowerCase());
}

function retried(context: ReplayContext, { functionName, retryOptions }: Callee, attempt: () => Task): Call | Refused {
  if (!retryOptions) return { run: attempt };
  if (fromMs(retryOptions.firstRetryIntervalInMilliseconds) > LONGEST_RETRY)
    return { refused: `the retry interval of ${functionName} is over 6 days: use a shorter one` };
  return {
    run: (notes) =>
      withRetry(context, retryOptions, attempt, (why) =>
        notes.refuse(
          `the retries of ${functionName} ended early, since ${why}, and the SDK waits for a timer that never comes: do not use it, return a value instead of throwing`,
        ),
      ),
  };
}
