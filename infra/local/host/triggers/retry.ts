import { z } from 'zod';
import type { InvocationResult, RetryContext } from '../app/protocol.ts';

const duration = z.looseObject({ seconds: z.number() });
const retryOptions = z.discriminatedUnion('retryStrategy', [
  z.looseObject({ retryStrategy: z.literal('fixedDelay'), maxRetryCount: z.int(), delayInterval: duration }),
  z.looseObject({
    retryStrategy: z.literal('exponentialBackoff'),
    maxRetryCount: z.int(),
    minimumInterval: duration,
    maximumInterval: duration,
  }),
]);
export type RetryPolicy = z.infer<typeof retryOptions>;

/** The retry policy of a function; null when it has none. One that cannot be read is an error. */
export function retryPolicy(options: unknown): RetryPolicy | null {
  if (options === undefined || options === null) return null;
  const parsed = retryOptions.safeParse(options);
  if (!parsed.success) throw new Error(`Its retry policy is not valid: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Milliseconds before retry number `retryCount`, which begins with 1. */
export function retryDelay(policy: RetryPolicy, retryCount: number): number {
  if (policy.retryStrategy === 'fixedDelay') return policy.delayInterval.seconds * 1000;
  const { minimumInterval, maximumInterval } = policy;
  return Math.min(maximumInterval.seconds, minimumInterval.seconds * 2 ** (retryCount - 1)) * 1000;
}

/**
 * Attempts until it works or the policy has no more retries (-1 stands for endless ones); the first attempt has no
 * retry context. `wait` answers whether to go on.
 */
export async function withRetries(
  policy: RetryPolicy | null,
  attempt: (retry: RetryContext | null) => Promise<InvocationResult>,
  wait: (ms: number) => Promise<boolean>,
): Promise<void> {
  let result = await attempt(null);
  if (!policy) return;
  const { maxRetryCount } = policy;
  for (let retryCount = 1; !result.ok && (maxRetryCount < 0 || retryCount <= maxRetryCount); retryCount++) {
    if (!(await wait(retryDelay(policy, retryCount)))) return;
    const exception = { source: '', message: result.message, stackTrace: result.stack };
    result = await attempt({ retryCount, maxRetryCount, exception });
  }
}
