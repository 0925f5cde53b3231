import { ArmError } from '../core/arm-error.ts';
import type { ArmRequest } from '../core/exchange.ts';
import { objectOf, stringOf } from '../core/json.ts';
import { parsePath } from '../core/resource-id.ts';
import type { World } from '../core/world.ts';

const windowSeconds = 300;

/** Requests in five minutes, per subscription and region. Network's are documented; Authorization publishes none, so its are ours. */
const limits: ReadonlyMap<string, { readonly reads: number; readonly writes: number }> = new Map([
  ['microsoft.network', { reads: 10_000, writes: 1_000 }],
  ['microsoft.authorization', { reads: 10_000, writes: 1_000 }],
]);

/** Counts requests against the limits that resource providers have beside ARM's own. */
export type ProviderLimits = {
  /** Counts a request; refuses with 429 and `Retry-After` when its window is full. */
  count(request: ArmRequest): void;
};

/** Windows that begin with the first request after the last one ended. */
export function createProviderLimits(world: World): ProviderLimits {
  const windows = new Map<string, { count: number; readonly endsAt: number }>();

  return {
    count(request) {
      const parsed = parsePath(request.path);
      const type = parsed?.kind === 'resource' ? parsed.id.type : (parsed?.type ?? '');
      const provider = type.split('/')[0]?.toLowerCase() ?? '';
      const limit = limits.get(provider);
      const subscriptionId = /^\/subscriptions\/([^/]+)/i.exec(request.path)?.[1]?.toLowerCase();
      if (limit === undefined || subscriptionId === undefined) return;
      const kind = request.method === 'GET' || request.method === 'HEAD' ? 'reads' : 'writes';
      const window = windowOf(`${provider} ${kind} ${subscriptionId} ${regionOf(world, request)}`);
      if (window.count >= limit[kind]) {
        const seconds = Math.max(1, Math.ceil((window.endsAt - world.clock.now()) / 1000));
        throw provider === 'microsoft.network'
          ? tooManyCalls(subscriptionId, seconds)
          : tooManyOf(`${type}/${kind.slice(0, -1)}`, limit[kind], seconds);
      }
      window.count += 1;
    },
  };

  function windowOf(key: string) {
    const now = world.clock.now();
    const known = windows.get(key);
    if (known !== undefined && known.endsAt > now) return known;
    const made = { count: 0, endsAt: now + windowSeconds * 1000 };
    windows.set(key, made);
    return made;
  }
}

/** The region that a request is about, as its path, its body or what is stored tells; empty for lists and what is in none. */
function regionOf({ store }: World, { path, body }: ArmRequest): string {
  const polled = /\/locations\/([^/]+)\/operation/i.exec(path)?.[1];
  const parent = path.split('/').slice(0, -2).join('/');
  const stored = () => store.get(path)?.body.location ?? store.get(parent)?.body.location;
  return (polled ?? stringOf(objectOf(body).location) ?? stored() ?? '').replaceAll(' ', '').toLowerCase();
}

// As seen in public traces of Microsoft.Network.
function tooManyCalls(subscriptionId: string, seconds: number): ArmError {
  const message =
    `Subscription ${subscriptionId} was used to perform too many calls within last 5 minutes. The number of calls exceeds ` +
    `Microsoft.Network throttling limit. The call can be retried in ${seconds} seconds.`;
  const details = [{ code: 'RetryableErrorDueToTooManyCalls', message }];
  const error = { code: 'RetryableError', message: 'A retryable error occurred.', details };
  return new ArmError(429, error, { 'Retry-After': String(seconds) });
}

// As seen in public reports of other providers, where ARM counts for them.
function tooManyOf(action: string, limit: number, seconds: number): ArmError {
  const message =
    `Number of requests for action '${action}' exceeded the limit of '${limit}' for time interval '00:05:00'. ` +
    `Please try again after '${seconds}' seconds.`;
  return new ArmError(429, { code: 'ResourceRequestsThrottled', message }, { 'Retry-After': String(seconds) });
}
