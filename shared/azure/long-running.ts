import { type NetworkManagementClient, restorePoller } from '@azure/arm-network';
import { type ArmError, type ArmOutcome, arm, said } from './arm-outcome.ts';

/** An operation after one more request: its result, or the state to go on with (up to 4 KB: poll URLs are long). */
export type Operation<Result> =
  | { readonly done: true; readonly result: Result }
  | { readonly done: false; readonly state: string; readonly afterSeconds: number };

type Poller<Result> = {
  submitted(): Promise<void>;
  poll(): Promise<unknown>;
  serialize(): Promise<string>;
  readonly operationState: { readonly status: string; readonly error?: Error } | undefined;
  readonly isDone: boolean;
  readonly result: Result | undefined;
};

/** Sends the first request of a long-running operation and waits for nothing. */
export function beginOperation<Result>(send: () => Poller<Result>): Promise<ArmOutcome<Operation<Result>>> {
  return advance(async () => {
    const poller = send();
    await poller.submitted();
    return { poller };
  });
}

/** Asks once how an operation goes. After "succeeded" the SDK adds the final GET; its answer is the result. */
export async function pollOperation<Result>(
  client: NetworkManagementClient,
  state: string,
  source: Parameters<typeof restorePoller<never, Result>>[2],
): Promise<ArmOutcome<Operation<Result>>> {
  const polled = await advance(async () => {
    const poller = restorePoller(client, state, source);
    await poller.poll();
    return { poller };
  });
  if (polled.ok || !isQuestionRefused(polled.error)) return polled;
  const afterSeconds = polled.error.retryAfterSeconds ?? refusedPollSeconds;
  return said<Operation<Result>>({ done: false, state, afterSeconds });
}

/** The question was not answered, which says nothing about the operation: it goes on, and is asked about again. */
function isQuestionRefused({ status }: ArmError): boolean {
  return status === 0 || status === 408 || status === 429 || status >= 500;
}

const refusedPollSeconds = 5;

/** The poller comes wrapped: it is a thenable, and awaiting it would poll until the end. */
async function advance<Result>(
  step: () => Promise<{ readonly poller: Poller<Result> }>,
): Promise<ArmOutcome<Operation<Result>>> {
  const outcome = await arm(async () => {
    const { poller } = await step();
    const { status, error } = poller.operationState ?? {};
    // The SDK throws this for a poll, not where the very first answer says it.
    if (status === 'failed' || status === 'canceled') throw error ?? new Error(`The operation was ${status}.`);
    return { poller, state: await poller.serialize() };
  });
  if (!outcome.ok) return outcome;
  const { poller, state } = outcome.value;
  const operation: Operation<Result> = poller.isDone
    ? { done: true, result: poller.result as Result }
    : { done: false, state, afterSeconds: outcome.retryAfterSeconds ?? defaultPollSeconds };
  return { ...outcome, value: operation };
}

/** Where Azure names no `Retry-After`. */
const defaultPollSeconds = 2;
