import type { Policy } from '../policy/document.ts';
import { requireResourceId } from '../resource-id.ts';
import { type Ancestors, coverageOf } from './coverage.ts';
import type { NetworkFacts } from './facts.ts';
import { decideIntent } from './intent.ts';

/** What a policy would leave without a flow log that it does not mean to, or may not. */
export type Uncovered = {
  /** Networks that were looked at. */
  readonly networks: number;
  /** Networks of these locations would be blocked: their rule names no storage account there. */
  readonly locationsWithoutDestination: readonly {
    readonly location: string;
    readonly networks: number;
    readonly message: string;
  }[];
  /** In scope, and no network of theirs has a rule. */
  readonly subscriptionsWithoutRule: readonly { readonly subscriptionId: string; readonly networks: number }[];
  /** Networks of which the policy would not speak: their subscription is out of scope, or no rule matches. */
  readonly outOfScope: { readonly networks: number; readonly ids: readonly string[] };
  /** Networks of subscriptions whose management groups could not be read. */
  readonly unknown: number;
};

type Seen = { readonly network: NetworkFacts; readonly ancestors: Ancestors };

const mostIds = 100;

/** Applies a policy to the networks of an estate. Pure; `now` is an ISO time. */
export function uncoveredBy(policy: Policy, estate: readonly Seen[], now: string): Uncovered {
  const seen = estate.map(({ network, ancestors }) => {
    const { subscriptionId } = requireResourceId(network.id);
    const inScope = coverageOf(policy, subscriptionId, ancestors) !== 'out';
    return { network, subscriptionId, inScope, intent: decideIntent(policy, network, now, ancestors) };
  });
  const blocked = seen.flatMap(({ network: { location }, intent }) =>
    intent.kind === 'blocked' ? [{ location, message: intent.problem.message }] : [],
  );
  const outOfScope = seen.filter(({ intent }) => intent.kind === 'outOfScope').map(({ network }) => network.id);
  const bySubscription = Map.groupBy(
    seen.filter(({ inScope }) => inScope),
    ({ subscriptionId }) => subscriptionId,
  );
  return {
    networks: seen.length,
    locationsWithoutDestination: [...Map.groupBy(blocked, ({ message }) => message)].map(([message, some]) => ({
      location: some[0]?.location ?? '',
      networks: some.length,
      message,
    })),
    subscriptionsWithoutRule: [...bySubscription]
      .filter(([, some]) => some.every(({ intent }) => intent.kind === 'outOfScope'))
      .map(([subscriptionId, some]) => ({ subscriptionId, networks: some.length })),
    outOfScope: { networks: outOfScope.length, ids: outOfScope.slice(0, mostIds) },
    unknown: seen.filter(({ intent }) => intent.kind === 'unknown').length,
  };
}
