import { listSubscriptions } from '../azure/subscriptions-query.ts';
import { coverageOf } from '../decide/coverage.ts';
import type { CurrentPolicy } from '../policy/ruling.ts';
import type { SubscriptionRecord } from '../records/subscription-record.ts';
import type { WorkContext } from './work-context.ts';

const table = 'subscriptions';

/**
 * Notes which subscriptions of the policy's scope there are and may be read. A new one is told: somebody has to subscribe to
 * its events. One that the policy names and Resource Graph does not show is not missing, it is unreadable. One request.
 */
export async function lookAtSubscriptions(
  { clients, records, log, now }: WorkContext,
  { policy }: CurrentPolicy,
): Promise<void> {
  const visible = await listSubscriptions(clients);
  if (!visible.ok) return log.warn({ code: visible.error.code }, 'subscriptions not listed');
  const at = now().toISOString();
  const known = new Map((await Array.fromAsync(records.subscriptions.list())).map((one) => [one.id, one]));
  const inScope = visible.value.filter((id) => coverageOf(policy, id, null) !== 'out');
  for (const id of inScope)
    if (!known.has(id)) log.warn({ subscriptionId: id }, 'subscription found; subscribe to its events');
  const rows = inScope.map((id) => [id, { ...(known.get(id) ?? newSubscription(id, at)), readableAt: at }] as const);
  await records.subscriptions.putAll(table, rows);
  for (const id of policy.scope.subscriptions.include ?? []) {
    if (visible.value.includes(id) || known.has(id)) continue;
    log.error({ subscriptionId: id }, 'subscription of the policy unreadable');
    await records.subscriptions.put(table, id, newSubscription(id, at));
  }
}

const hourMs = 60 * 60_000;

/** Notes that an event of a subscription has come; at most one write an hour. */
export async function noteEvent({ records, now }: WorkContext, subscriptionId: string): Promise<void> {
  const at = now();
  const before = await records.subscriptions.get(table, subscriptionId);
  if (before?.eventAt && at.getTime() - Date.parse(before.eventAt) < hourMs) return;
  const eventAt = at.toISOString();
  await records.subscriptions.put(table, subscriptionId, {
    ...(before ?? newSubscription(subscriptionId, eventAt)),
    eventAt,
  });
}

function newSubscription(id: string, at: string): SubscriptionRecord {
  return { id, firstSeenAt: at, readableAt: null, eventAt: null };
}
