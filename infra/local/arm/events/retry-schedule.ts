import type { Delivery } from '../core/delivery.ts';

const delaysSeconds = [10, 30, 60, 300, 600, 1800, 3600] as const;

/** What Event Grid does after an attempt: deliver no more (and why), or try again after so many milliseconds. */
export type NextAttempt =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'givenUp'; readonly because: NonNullable<Delivery['deadBecause']> }
  | { readonly kind: 'again'; readonly afterMilliseconds: number };

/**
 * Event Grid's own schedule (10 s, 30 s, 1, 5, 10, 30 min, then hourly), times `scale`. Only 200 to 204 is success; 400,
 * 401, 403 and 413 are never tried again; some statuses wait longer at least. `status` 0 = no answer.
 */
export function nextAttempt(
  status: number,
  attempts: number,
  ageMilliseconds: number,
  policy: { readonly maxDeliveryAttempts: number; readonly eventTimeToLiveInMinutes: number },
  scale: number,
): NextAttempt {
  if (status >= 200 && status <= 204) return { kind: 'delivered' };
  if ([400, 401, 403, 413].includes(status)) return { kind: 'givenUp', because: 'Undeliverable' };
  if (attempts >= policy.maxDeliveryAttempts) return { kind: 'givenUp', because: 'MaxDeliveryAttemptsExceeded' };
  const seconds = Math.max(delaysSeconds[attempts - 1] ?? 3600, leastSeconds(status));
  const afterMilliseconds = seconds * 1000 * scale;
  const lifetime = policy.eventTimeToLiveInMinutes * 60_000 * scale;
  const isTooOld = ageMilliseconds + afterMilliseconds > lifetime;
  return isTooOld ? { kind: 'givenUp', because: 'TimeToLiveExceeded' } : { kind: 'again', afterMilliseconds };
}

function leastSeconds(status: number): number {
  if (status === 404) return 300;
  if (status === 408) return 120;
  return status === 503 ? 30 : 10;
}
