import type { Drawn } from './estate.ts';
import { between, pick, type Random } from './random.ts';

/** How fast and how far the policy lets Flowkeeper go: in some worlds less than there is to do. */
export function limitsOf(random: Random): Drawn['limits'] {
  const failures = {
    failedShare: 0.5,
    outOf: between(2, 4, random('outOf')),
    minutes: between(2, 8, random('minutes')),
  };
  return {
    settleSeconds: random('settleSeconds') < 0.8 ? 5 : 120,
    lanesPerRegion: random('lanes') < 0.5 ? 1 : 2,
    changesPerHour: random('changesPerHour') < 0.15 ? between(1, 3, random('most changes')) : null,
    contestedAfter: pick([1, 2, 3], random('contestedAfter')),
    approveAbove: random('approveAbove') < 0.5 ? 0 : 50,
    ...(random('pauseWhen') < 0.15 ? { pauseWhen: failures } : {}),
  };
}

/** One rule for each subscription: they differ where the accounts are not shared. */
export function policyOf(plan: Drawn, identityGroup: string) {
  const rule = (subscription: string) => ({
    name: `rule-${subscription.slice(-2)}`,
    match: { subscriptions: [subscription] },
    destination: Object.fromEntries(
      plan.locations.map((location) => [location, plan.accounts.get(`${subscription} ${location}`)]),
    ),
    identity: {
      kind: 'ours',
      resourceGroupId: identityGroup,
      name: 'id-flowkeeper-{location}-{account}',
    },
    existing: plan.existing,
  });
  return {
    version: 1,
    mode: 'enforce',
    exemptions: [{ reason: 'No traffic of customers.', tag: { name: 'flow-log', value: 'exempt' } }],
    rules: plan.subscriptions.map(rule),
    limits: plan.limits,
  };
}
