import type { Decision, ReplayContext } from './context.ts';
import { EventType, type HistoryEvent } from './history.ts';
import { type Instant, parseInstant } from './instant.ts';
import type { Action } from './state.ts';

// Things that work, but not as their author will have meant them: each is told once for a function, with what to do instead.

const SECOND = 10_000_000n;
const LARGE = 64 * 1024;
const LONG = 1000;

/** What is odd about an action that the function takes. */
export function actionHazards(action: Action, now: Instant): string[] {
  switch (action.actionType) {
    case 0:
    case 1:
      return [
        ...(typeof action.input === 'boolean'
          ? [
              `it calls '${action.functionName}' with a boolean, which arrives as the text "True" or "False": put it into an object`,
            ]
          : []),
        ...(action.actionType === 1 ? retryHazards(action.functionName, action.retryOptions) : []),
      ];
    case 3:
      return retryHazards(action.functionName, action.retryOptions);
    case 5:
      return timerHazards(parseInstant(action.fireAt) - now);
    default:
      return [];
  }
}

function retryHazards(what: string, options: { firstRetryIntervalInMilliseconds: number }): string[] {
  if (options.firstRetryIntervalInMilliseconds >= 1000) return [];
  return [`it retries '${what}' after less than a second, which is no wait at all: use a second or more`];
}

function timerHazards(ahead: Instant): string[] {
  return ahead > 0n && ahead < SECOND
    ? ['it makes a timer of less than a second, which fires at once: use two seconds or more']
    : [];
}

/** What is odd about a turn as a whole: what it leaves open, and how much it carries. */
export function turnHazards(
  context: ReplayContext,
  decisions: readonly Decision[],
  history: readonly HistoryEvent[],
  output: string | null,
): string[] {
  const found: string[] = [];
  if (context.ending && openTimers(context, history)) {
    found.push(
      'it has returned, but a timer is still open and holds the instance in Running until it fires: cancel timers that are no longer needed',
    );
  }
  const large = decisions.find((decision) => decision.kind !== 'timer' && (decision.input?.length ?? 0) > LARGE);
  if (large) found.push('it passes an input of more than 64 KB: pass a reference, such as the name of a blob');
  if ((output?.length ?? 0) > LARGE)
    found.push('its output is larger than 64 KB: return a reference, such as the name of a blob');
  if (history.length > LONG)
    found.push(
      'its history has more than a thousand events, and every turn reads all of them: use sub-orchestrations, or continueAsNew',
    );
  return found;
}

function openTimers(context: ReplayContext, history: readonly HistoryEvent[]): boolean {
  return history.some((event) => event.EventType === EventType.TimerCreated && context.open.has(event.EventId));
}

/** An event whose name is a number is taken for the answer of the task with that number. */
export function eventNameHazard(name: string): string | null {
  if (!/^\d+$/.test(name)) return null;
  return `the event '${name}' has a number for a name and may be taken for the answer of the task with that number: name events with words`;
}
