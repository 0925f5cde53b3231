import { z } from 'zod';
import { durableHttpRequest } from './durable-http.ts';

// What an orchestrator function of durable-functions 3.x answers: the actions it has taken so far, and whether it is over.

const retryOptions = z.looseObject({
  firstRetryIntervalInMilliseconds: z.number(),
  maxNumberOfAttempts: z.number(),
  backoffCoefficient: z.number().optional(),
  maxRetryIntervalInMilliseconds: z.number().optional(),
  retryTimeoutInMilliseconds: z.number().optional(),
});
export type RetryOptions = z.infer<typeof retryOptions>;

const callActivity = { functionName: z.string(), input: z.unknown().optional() };
const callChild = { ...callActivity, instanceId: z.string().nullish(), version: z.string().nullish() };

const simpleAction = z.discriminatedUnion('actionType', [
  z.looseObject({ actionType: z.literal(0), ...callActivity }),
  z.looseObject({ actionType: z.literal(1), ...callActivity, retryOptions }),
  z.looseObject({ actionType: z.literal(2), ...callChild }),
  z.looseObject({ actionType: z.literal(3), ...callChild, retryOptions }),
  z.looseObject({ actionType: z.literal(4), input: z.unknown().optional() }),
  z.looseObject({ actionType: z.literal(5), fireAt: z.string(), isCanceled: z.boolean() }),
  z.looseObject({ actionType: z.literal(6), externalEventName: z.string() }),
  z.looseObject({ actionType: z.literal(7), instanceId: z.string() }),
  z.looseObject({ actionType: z.literal(8), httpRequest: durableHttpRequest }),
  z.looseObject({ actionType: z.literal(9), instanceId: z.string() }),
  z.looseObject({ actionType: z.literal(10), instanceId: z.string() }),
  z.looseObject({ actionType: z.literal(13) }),
  z.looseObject({ actionType: z.literal(14) }),
]);

export type SimpleAction = z.infer<typeof simpleAction>;
export type Action = SimpleAction | { actionType: 11 | 12; compoundActions: Action[] };

const action: z.ZodType<Action> = z.lazy(() =>
  z.union([
    simpleAction,
    z.looseObject({ actionType: z.union([z.literal(11), z.literal(12)]), compoundActions: z.array(action) }),
  ]),
);

const orchestratorState = z.looseObject({
  isDone: z.boolean(),
  actions: z.array(z.array(action)),
  output: z.unknown().optional(),
  error: z.string().optional(),
  customStatus: z.unknown().optional(),
});
export type OrchestratorState = z.infer<typeof orchestratorState>;

/** What came of calling the function: its state, or the message of a failure that carried none. */
export type Answer = { state: OrchestratorState } | { failure: string };

const MARKER = '$OutOfProcData$:';

/** Reads the state that an orchestrator function returned. */
export function answerOfState(value: unknown): Answer {
  const parsed = orchestratorState.safeParse(value);
  return parsed.success
    ? { state: parsed.data }
    : { failure: `it answered something else than a state: ${z.prettifyError(parsed.error)}` };
}

/** Reads the state from the text in which the function returned it. */
export function answerOfText(text: string): Answer {
  try {
    return answerOfState(JSON.parse(text));
  } catch {
    return { failure: 'it answered something else than a state: register it with df.app.orchestration' };
  }
}

/** Reads a failure: the SDK throws with the state behind a marker; without the marker there is no state at all. */
export function answerOfFailure(message: string): Answer {
  const at = message.indexOf(MARKER);
  return at < 0 ? { failure: message } : answerOfText(message.slice(at + MARKER.length));
}
