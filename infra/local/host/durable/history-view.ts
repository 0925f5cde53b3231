import { EventType, type HistoryEvent } from '../engine/history.ts';
import { parseJson } from '../engine/lenient-json.ts';

export interface HistoryViewOptions {
  showInput: boolean;
  showOutput: boolean;
}

const NAMES = new Map(Object.entries(EventType).map(([name, number]) => [number as number, name]));

/** The history holds two decisions of one kind under one id (after non-determinism): the extension cannot show it. */
export class DuplicateDecision extends Error {}

type Fields = Record<string, unknown>;

/**
 * The history as the status API shows it: a finished task is one entry, the decision folded into the completion; brackets,
 * ids and what only the engine needs are left out.
 */
export function historyView(history: readonly HistoryEvent[], options: HistoryViewOptions): Fields[] {
  const decisions = new Map<string, { name: string; at: string; entry: Fields }>();
  const view: Fields[] = [];
  const hidden = new Set<Fields>();
  for (const event of history) {
    if (event.EventType === EventType.OrchestratorStarted || event.EventType === EventType.OrchestratorCompleted)
      continue;
    const entry = entryOf(event, options);
    view.push(entry);
    if (event.EventType === EventType.TaskScheduled || event.EventType === EventType.SubOrchestrationInstanceCreated) {
      const key = `${NAMES.get(event.EventType)}_${event.EventId}`;
      if (decisions.has(key))
        throw new DuplicateDecision(`An item with the same key has already been added. Key: ${key}`);
      decisions.set(key, { name: event.Name, at: event.Timestamp, entry });
    } else if ('TaskScheduledId' in event) {
      const child = event.EventType === 8 || event.EventType === 9;
      const decision = decisions.get(
        `${child ? 'SubOrchestrationInstanceCreated' : 'TaskScheduled'}_${event.TaskScheduledId}`,
      );
      if (!decision) continue;
      hidden.add(decision.entry);
      entry.ScheduledTime = decision.at.replace(/Z$/, '+00:00');
      entry.FunctionName = decision.name;
      if (options.showInput) entry.Input = null;
    }
  }
  return view.filter((entry) => !hidden.has(entry));
}

function entryOf(event: HistoryEvent, options: HistoryViewOptions): Fields {
  const { EventType: kind, EventId: _id, IsPlayed: _played, ...rest } = event;
  const fields: Fields = { EventType: NAMES.get(kind), ...rest };
  if (event.EventType === EventType.ExecutionStarted) {
    for (const field of ['OrchestrationInstance', 'ParentInstance', 'Name', 'Tags']) delete fields[field];
    fields.FunctionName = event.Name;
  }
  delete fields.Version;
  delete fields.TaskScheduledId;
  delete fields.TimerId;
  if ('Result' in fields) {
    if (options.showOutput) fields.Result = outputValue(fields.Result);
    else delete fields.Result;
  }
  if (!options.showInput) delete fields.Input;
  return fields;
}

/** A text of the engine as a value: parsed where it is JSON, the text itself where it is a bare reason or failure. */
export function outputValue(text: unknown): unknown {
  if (typeof text !== 'string') return null;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
