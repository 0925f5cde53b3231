import type { Decision, ReplayContext } from './context.ts';
import { EventType, executionStarted, type HistoryEvent } from './history.ts';

// Turns that work, but not as somebody will have meant them, and more than an orchestration should carry.

const LARGE = 64 * 1024;
const LONG = 1000;

/** What is odd about a turn as a whole: what it leaves open, what it was sent, and how much it carries. */
export function turnHazards(
  context: ReplayContext,
  /** Whether the function has returned or thrown: that is not yet the end of the instance. */
  isOver: boolean,
  decisions: readonly Decision[],
  history: readonly HistoryEvent[],
  output: string | null,
): string[] {
  return [
    ...(isOver && !context.terminated ? openHazards(context, history) : []),
    ...(context.terminated ? terminationHazards(context, history) : []),
    ...sizeHazards(decisions, history, output),
    ...inputHazards(history),
  ];
}

/** Nothing ends while a timer, activity or child is open. */
function openHazards({ open }: ReplayContext, history: readonly HistoryEvent[]): string[] {
  const found: string[] = [];
  if (history.some((event) => event.EventType === EventType.TimerCreated && open.has(event.EventId)))
    found.push(
      'it has returned, but a timer is still open and holds the instance in Running until it fires: cancel timers that are no longer needed',
    );
  for (const event of history)
    if (isWork(event) && open.has(event.EventId))
      found.push(
        `it has ended, but '${event.Name}' still runs and holds the instance in Running until it is over, as after Task.any and after a failure in Task.all: wait for it, or see that it is short`,
      );
  return found;
}

function isWork(event: HistoryEvent) {
  return event.EventType === EventType.TaskScheduled || event.EventType === EventType.SubOrchestrationInstanceCreated;
}

/** A termination reaches neither children nor, in a way that it could bear, the parent. */
function terminationHazards({ open }: ReplayContext, history: readonly HistoryEvent[]): string[] {
  const found: string[] = [];
  for (const event of history)
    if (event.EventType === EventType.SubOrchestrationInstanceCreated && open.has(event.EventId))
      found.push(`it was terminated, but its child '${event.Name}' runs on: terminate children too, by their ids`);
  if (executionStarted(history)?.ParentInstance)
    found.push(
      'it was terminated as a child, which fails its parent with a message about a Non-Deterministic workflow that cannot be caught: terminate the parent, or let the child end by an event',
    );
  return found;
}

function sizeHazards(
  decisions: readonly Decision[],
  history: readonly HistoryEvent[],
  output: string | null,
): string[] {
  const found: string[] = [];
  const isLarge = (text: string | null | undefined) => (text?.length ?? 0) > LARGE;
  if (decisions.some((decision) => decision.kind !== 'timer' && isLarge(decision.input)))
    found.push('it passes an input of more than 64 KB: pass a reference, such as the name of a blob');
  if (isLarge(output)) found.push('its output is larger than 64 KB: return a reference, such as the name of a blob');
  if (
    history.some((event) => ('Result' in event && isLarge(event.Result)) || ('Input' in event && isLarge(event.Input)))
  )
    found.push(
      'it is given more than 64 KB at once, as its input, an event or a result, and every turn reads it again: pass a reference, such as the name of a blob',
    );
  if (history.length > LONG)
    found.push(
      'its history has more than a thousand events, and every turn reads all of them: use sub-orchestrations, or continueAsNew',
    );
  return found;
}

function inputHazards(history: readonly HistoryEvent[]): string[] {
  if (!/"Timestamp"\s*:\s*"/.test(executionStarted(history)?.Input ?? '')) return [];
  return ['its input has a field named Timestamp, which the SDK turns from a text into a Date: choose another name'];
}
