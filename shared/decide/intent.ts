import { z } from 'zod';
import { destinationOf, ruleMode } from '../policy/destinations.ts';
import type { Policy, Rule } from '../policy/document.ts';
import { flowLogName } from '../policy/names.ts';
import { recordTypeList } from '../policy/record-types.ts';
import { ownProblem, type Problem } from '../problem.ts';
import { requireResourceId } from '../resource-id.ts';
import { type Ancestors, coverageOf, isBelow, namesManagementGroups } from './coverage.ts';
import type { DesiredFlowLog, NetworkFacts } from './facts.ts';
import { likePattern } from './like-pattern.ts';

/** What the policy says about one network, before anything else is looked at. */
export type Intent =
  | { readonly kind: 'outOfScope' }
  | { readonly kind: 'off' }
  | { readonly kind: 'exempt'; readonly reason: string; readonly expires?: string }
  | { readonly kind: 'blocked' | 'unknown'; readonly problem: Problem }
  | {
      readonly kind: 'desired';
      readonly mode: 'audit' | 'enforce';
      /** The owner asks for no writes until then (moving a network needs its flow log gone). */
      readonly heldUntil: string | null;
      readonly desired: DesiredFlowLog;
    };

/** Applies the policy to a network. Pure; `now` is an ISO time, `ancestors` are the management groups above it. */
export function decideIntent(policy: Policy, network: NetworkFacts, now: string, ancestors: Ancestors): Intent {
  const place: Place = { network, subscriptionId: requireResourceId(network.id).subscriptionId, ancestors };
  if (coverageOf(policy, place.subscriptionId, ancestors) === 'out') return { kind: 'outOfScope' };
  if (policy.mode === 'off') return { kind: 'off' };
  if (!ancestors.known && namesManagementGroups(policy)) return { kind: 'unknown', problem: ancestors.problem };

  const exemption = policy.exemptions.find((one) => isExempt(one, place, now));
  if (exemption) {
    const { reason, expires } = exemption;
    return expires ? { kind: 'exempt', reason, expires } : { kind: 'exempt', reason };
  }
  const rule = policy.rules.find((one) => matches(one, place));
  if (!rule) return { kind: 'outOfScope' };
  const mode = ruleMode(policy, rule);
  if (mode === 'off') return { kind: 'off' };
  const storageAccountId = rule.destination[network.location];
  if (!storageAccountId) return { kind: 'blocked', problem: noDestination(policy, rule, network) };

  return {
    kind: 'desired',
    mode,
    heldUntil: heldUntil(policy, network, now),
    desired: desiredOf(rule, network, storageAccountId),
  };
}

/** A network and where it stands. */
type Place = { readonly network: NetworkFacts; readonly subscriptionId: string; readonly ancestors: Ancestors };

function isExempt(exemption: Policy['exemptions'][number], place: Place, now: string): boolean {
  const { network, subscriptionId, ancestors } = place;
  const { tag, resourceId, subscription, managementGroup, expires } = exemption;
  if (expires && Date.parse(expires) <= Date.parse(now)) return false;
  const value = tag && tagValue(network.tags, tag.name);
  const tagged = tag && value !== undefined && (tag.value === undefined || value === tag.value);
  return (
    Boolean(tagged) ||
    subscription === subscriptionId ||
    isBelow(ancestors, managementGroup ? [managementGroup] : []) === true ||
    (resourceId !== undefined && likePattern(network.id, resourceId))
  );
}

/** Azure compares the names of tags without case, their values with it. */
export function tagValue(tags: NetworkFacts['tags'], name: string): string | undefined {
  return Object.entries(tags).find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1];
}

function matches({ match }: Rule, { network, subscriptionId, ancestors }: Place): boolean {
  const { managementGroups, subscriptions, locations, tags } = match;
  return (
    (!managementGroups || isBelow(ancestors, managementGroups) === true) &&
    (!subscriptions || subscriptions.includes(subscriptionId)) &&
    (!locations || locations.includes(network.location)) &&
    Object.entries(tags ?? {}).every(([name, value]) => tagValue(network.tags, name) === value)
  );
}

/** `Date.parse` alone would read `1` and `until 3` as years. A day is its beginning in UTC. */
const time = z.union([z.iso.date(), z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 })]);

/** The hold tag's time, where it lies ahead. A hold that can't be read holds: the owner meant something by it. */
function heldUntil(policy: Policy, network: NetworkFacts, now: string): string | null {
  const tag = tagValue(network.tags, policy.holdTag);
  if (tag === undefined) return null;
  if (!time.safeParse(tag).success) return '9999-12-31T00:00:00.000Z';
  const until = Date.parse(tag);
  return until > Date.parse(now) ? new Date(until).toISOString() : null;
}

function desiredOf(rule: Rule, network: NetworkFacts, account: string): DesiredFlowLog {
  const { storageAccountId, identityId, ours } = destinationOf(rule, network.location, account);
  const { name, ...settings } = rule.flowLog;
  return {
    rule: rule.name,
    name: flowLogName(name, network.id, network.location),
    storageAccountId,
    identityId,
    identityIsOurs: ours,
    ...settings,
    recordTypes: recordTypeList(settings.recordTypes),
    trafficAnalytics: analyticsOf(rule, network.location),
    networkWatcher: rule.networkWatcher,
    existing: rule.existing,
  };
}

function analyticsOf({ trafficAnalytics }: Rule, location: string): DesiredFlowLog['trafficAnalytics'] {
  if (trafficAnalytics === undefined) return 'keep';
  if (trafficAnalytics === 'off') return null;
  const workspaceResourceId = trafficAnalytics.workspaceResourceId[location];
  // Validation asks for a workspace wherever there is a destination.
  return workspaceResourceId ? { workspaceResourceId, intervalMinutes: trafficAnalytics.intervalMinutes } : null;
}

function noDestination({ rules }: Policy, rule: Rule, network: NetworkFacts): Problem {
  const path = `rules[${rules.indexOf(rule)}].destination.${network.location}`;
  return ownProblem(
    'NoDestination',
    network.id,
    `Rule "${rule.name}" has no storage account for ${network.location}; add ${path} to the policy.`,
  );
}
