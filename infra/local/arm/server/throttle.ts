import { ArmError } from '../core/arm-error.ts';
import type { Clock } from '../core/clock.ts';
import type { ArmRequest } from '../core/exchange.ts';

// ARM's documented buckets: capacity and refill a second, per principal and subscription (or the tenant).
const limits = {
  reads: { capacity: 250, refill: 25 },
  writes: { capacity: 200, refill: 10 },
  deletes: { capacity: 200, refill: 10 },
};
const globalFactor = 15;

type Kind = keyof typeof limits;
type Bucket = { tokens: number; at: number };

/** Counts requests against ARM's token buckets. */
export type Throttle = {
  /** Takes a token. Returns the header that tells what is left; refuses with 429 when nothing is. */
  take(request: ArmRequest): { readonly [name: string]: string };
};

/** Buckets that are full at the start, on the given clock. */
export function createThrottle(clock: Clock): Throttle {
  const buckets = new Map<string, Bucket>();

  function left(key: string, capacity: number, refill: number): Bucket {
    const now = clock.now();
    const bucket = buckets.get(key) ?? { tokens: capacity, at: now };
    bucket.tokens = Math.min(capacity, bucket.tokens + ((now - bucket.at) / 1000) * refill);
    bucket.at = now;
    buckets.set(key, bucket);
    return bucket;
  }

  function take({ method, path, caller }: ArmRequest): { readonly [name: string]: string } {
    const subscriptionId = /^\/subscriptions\/([^/]+)/i.exec(path)?.[1]?.toLowerCase();
    const kind = kindOf(method, path);
    const { capacity, refill } = limits[kind];
    const whose = subscriptionId === undefined ? 'tenant' : 'subscription';
    const own = left(`${kind} ${subscriptionId} ${caller.principalId}`, capacity, refill);
    const all = left(`${kind} ${subscriptionId}`, capacity * globalFactor, refill * globalFactor);
    if (own.tokens < 1 || all.tokens < 1) throw exceeded(kind, subscriptionId, caller.clientId, Math.ceil(1 / refill));
    own.tokens -= 1;
    all.tokens -= 1;
    const header = `x-ms-ratelimit-remaining-${whose}`;
    const global = { [`${header}-global-${kind}`]: String(Math.floor(all.tokens)) };
    return {
      [`${header}-${kind}`]: String(Math.floor(own.tokens)),
      ...(subscriptionId === undefined ? undefined : global),
    };
  }

  return { take };
}

function kindOf(method: string, path: string): Kind {
  if (method === 'DELETE') return 'deletes';
  return method === 'GET' || method === 'HEAD' || /\/providers\/microsoft\.resourcegraph\//i.test(path)
    ? 'reads'
    : 'writes';
}

function exceeded(kind: Kind, subscriptionId: string | undefined, actor: string, seconds: number): ArmError {
  const whose = subscriptionId === undefined ? 'tenant' : `subscription '${subscriptionId}'`;
  const message = `Number of '${kind.slice(0, -1)}' requests for ${whose} actor '${actor}' exceeded. Please try again after '${seconds}' seconds.`;
  const code = subscriptionId === undefined ? 'TenantRequestsThrottled' : 'SubscriptionRequestsThrottled';
  return new ArmError(429, { code, message }, { 'x-ms-failure-cause': 'gateway', 'Retry-After': String(seconds) });
}
