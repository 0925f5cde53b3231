import { createTimer, type ReplayContext } from './context.ts';
import { fromMs, type Instant } from './instant.ts';
import type { RetryOptions } from './state.ts';
import { openTask, type Task } from './task.ts';

/**
 * Repeats a call with timers between the attempts, as the extension does. After the last failed attempt there is one
 * more timer, due at once. When the retry timeout is over, or the failure is not retriable, there is **no** timer: the
 * SDK waits for it all the same, and the instance hangs; `onGivenUp` is told.
 */
export function withRetry(
  context: ReplayContext,
  options: RetryOptions,
  attempt: () => Task,
  onGivenUp: (why: string) => void,
): Task {
  const whole = openTask();
  const firstAttempt = context.now;

  const fail = () => whole.settle('failed');
  const tryOnce = (n: number): void => {
    const call = attempt();
    call.whenSettled(() => {
      if (call.state === 'done') return whole.settle('done');
      const expired =
        context.now >= firstAttempt + duration(options.retryTimeoutInMilliseconds ?? Number.POSITIVE_INFINITY);
      if (call.nonRetriable || expired) {
        onGivenUp(call.nonRetriable ? 'its failure is marked as not retriable' : 'its retryTimeout has passed');
        return fail();
      }
      const last = n + 1 >= options.maxNumberOfAttempts;
      const { task } = createTimer(context, last ? context.now : context.now + delay(options, n));
      task.whenSettled(() => (last ? fail() : tryOnce(n + 1)));
    });
  };
  tryOnce(0);
  return whole;
}

function delay(options: RetryOptions, n: number): Instant {
  const ms = options.firstRetryIntervalInMilliseconds * (options.backoffCoefficient ?? 1) ** n;
  return duration(Math.min(ms, options.maxRetryIntervalInMilliseconds ?? Number.POSITIVE_INFINITY));
}

const FOR_EVER = fromMs(8.64e15);

function duration(ms: number): Instant {
  return Number.isFinite(ms) ? fromMs(ms) : FOR_EVER;
}
