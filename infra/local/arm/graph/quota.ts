import { ArmError } from '../core/arm-error.ts';
import type { World } from '../core/world.ts';

const windowMilliseconds = 5_000;
const queriesPerWindow = 15;

/** Resource Graph's own quota: 15 queries in 5 seconds for a principal. */
export function createQuota() {
  const windows = new Map<string, { readonly until: number; used: number }>();

  /** Counts a query. Returns the headers that tell what is left; refuses with 429 when nothing is. */
  function take(world: World, principalId: string): { readonly [name: string]: string } {
    const now = world.clock.now();
    const known = windows.get(principalId);
    const window = known === undefined || known.until <= now ? { until: now + windowMilliseconds, used: 0 } : known;
    windows.set(principalId, window);
    const seconds = Math.max(1, Math.ceil((window.until - now) / 1000));
    const resets = { 'x-ms-user-quota-resets-after': `00:00:0${seconds}` };
    if (window.used >= queriesPerWindow && world.switches.throttling === 'on') {
      const message =
        'Client application has been throttled and should not continue to make requests until the quota resets.';
      throw new ArmError(
        429,
        { code: 'RateLimiting', message },
        { ...resets, 'x-ms-user-quota-remaining': '0', 'Retry-After': String(seconds) },
      );
    }
    window.used += 1;
    return { ...resets, 'x-ms-user-quota-remaining': String(Math.max(0, queriesPerWindow - window.used)) };
  }

  return { take };
}
