import { actionInvoker } from './action-invoker.ts';
import type { ReplayContext } from './context.ts';
import { jsonText, kilobytes } from './dotnet-text.ts';
import { Unsupported } from './refusals.ts';
import type { EngineSettings } from './settings.ts';
import type { OrchestratorState } from './state.ts';

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

/**
 * Plays the actions that the function answered against a replay, as the extension does for JavaScript: one after the
 * other, each awaited. A refused action is swallowed, without event and without id; the function waits for it for ever.
 */
export function walkOf(context: ReplayContext, name: string, state: OrchestratorState, settings: EngineSettings): Walk {
  const refused: string[] = [];
  const hazards = new Set<string>();
  let over = false;
  let tooBig = false;
  const invoke = actionInvoker(context, settings, {
    refuse: (why) => refused.push(why),
    hazard: (what) => hazards.add(what),
  });

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
    'it threw something without a message (a string, null, or an Error with an empty message), or got an event in a wrong case: throw an Error with a message, send events with the exact name',
  ];
}
