import { type Instant, parseInstant } from './instant.ts';
import type { Action, RetryOptions } from './state.ts';
import type { Task } from './task.ts';

// Actions that work, but not as their author will have meant them: each is told once for a function, with what to do instead.

const SECOND = 10_000_000n;

/** What is odd about an action that the function takes. */
export function actionHazards(action: Action, now: Instant): string[] {
  switch (action.actionType) {
    case 0:
      return inputHazards(action);
    case 1:
      return [...inputHazards(action), ...retryHazards(action.functionName, action.retryOptions)];
    case 3:
      return retryHazards(action.functionName, action.retryOptions);
    case 5:
      return timerHazards(parseInstant(action.fireAt) - now);
    case 6:
      return eventNameHazards(action.externalEventName);
    default:
      return [];
  }
}

function inputHazards({ functionName, input }: { functionName: string; input?: unknown }): string[] {
  if (typeof input !== 'boolean') return [];
  return [
    `it calls '${functionName}' with a boolean, which arrives as the text "True" or "False": put it into an object`,
  ];
}

function retryHazards(what: string, options: RetryOptions): string[] {
  const found: string[] = [];
  if (options.firstRetryIntervalInMilliseconds < 1000)
    found.push(`it retries '${what}' after less than a second, which is no wait at all: use two seconds or more`);
  if (options.retryTimeoutInMilliseconds !== undefined)
    found.push(
      `it retries '${what}' with a retryTimeoutInMilliseconds, and waits for ever once that has passed: limit maxNumberOfAttempts instead`,
    );
  return found;
}

function timerHazards(ahead: Instant): string[] {
  return ahead > 0n && ahead < SECOND
    ? ['it makes a timer of less than a second, which fires at once: use two seconds or more']
    : [];
}

/** An event whose name is a number is taken for the answer of the task with that number. */
export function eventNameHazards(name: string): string[] {
  if (!/^\d+$/.test(name)) return [];
  return [
    `the event '${name}' has a number for a name and may be taken for the answer of the task with that number: name events with words`,
  ];
}

/**
 * Finds tasks that are passed to a second Task.any or Task.all while they are open: the SDK then takes their action
 * once more. What equals an action of before, and is open still, is taken for the same task.
 */
export function reuseOfTasks(): {
  hazards(actions: readonly Action[]): string[];
  remember(action: Action, task: Task): void;
} {
  const before = new Map<string, Task>();
  const key = (action: Action) => JSON.stringify(action);
  return {
    hazards: (actions) =>
      actions.filter((action) => before.get(key(action))?.state === 'open').flatMap((action) => reuseHazards(action)),
    remember: (action, task) => before.set(key(action), task),
  };
}

function reuseHazards(action: Action): string[] {
  const what = 'functionName' in action ? `'${action.functionName}'` : action.actionType === 5 ? 'a timer' : null;
  if (what === null) return [];
  return [
    `it passes ${what}, which is still open, to a second Task.any or Task.all, and so has it run a second time: pass only tasks that were never passed before`,
  ];
}
