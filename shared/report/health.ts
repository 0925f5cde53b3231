import type { ArmOutcome } from '../azure/arm-outcome.ts';
import type { ChangeCount } from '../decide/change-count.ts';
import type { Survey } from '../inbox/inbox-survey.ts';
import type { CurrentPolicy } from '../policy/ruling.ts';
import type { DestinationBody } from '../records/destination-body.ts';
import type { SubscriptionRecord } from '../records/subscription-record.ts';

export type Check = { readonly status: 'ok' | 'warning' | 'failed'; readonly detail: string | null };

/** What was read, or why it could not be: a code, never a message, for those name addresses. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: string };

export type Seen = {
  readonly survey: Read<Survey>;
  readonly graph: Read<ArmOutcome<unknown>>;
  readonly policy: Read<CurrentPolicy | null>;
  readonly sweep: Read<{ finishedAt: string; selected: number } | null>;
  readonly destinations: Read<ReadonlyMap<string, Pick<DestinationBody, 'state' | 'problem' | 'warnings'>>>;
  readonly changes: Read<ChangeCount>;
  readonly subscriptions: Read<readonly SubscriptionRecord[]>;
  readonly deadLetters: Read<{ readBack: number; unreadable: number; lastAt: string } | null>;
};

/** An item that is due for so long has no run that takes it, though the watchdog looks every minute. */
const dueForMs = 30 * 60_000;
/** Four sweeps of the usual schedule. */
const sweptWithinMs = 60 * 60_000;

/** What the identity SDK throws where there is no token to be had. */
const tokenCodes = [
  'AuthenticationError',
  'CredentialUnavailableError',
  'AuthenticationRequiredError',
  'AggregateAuthenticationError',
];

/** Whether Flowkeeper can do its work. Pure. `unhealthy` is where something that it depends on fails. */
export function judgeHealth(
  { survey, graph, policy, sweep, destinations, changes, subscriptions, deadLetters }: Seen,
  now: Date,
) {
  const checks = {
    storage: storageCheck([survey, policy, sweep, destinations, changes, subscriptions, deadLetters]),
    ...armChecks(graph),
    policy: policyCheck(policy),
    sweep: sweepCheck(sweep, now),
    inbox: inboxCheck(survey, now),
    destinations: destinationsCheck(destinations),
    changes: changesCheck(changes, policy, now),
    subscriptions: subscriptionsCheck(subscriptions),
    deadLetters: deadLetterCheck(deadLetters),
  };
  const statuses = Object.values(checks).map(({ status }) => status);
  const current = policy.ok ? policy.value : null;
  const swept = sweep.ok ? sweep.value : null;
  return {
    status: statuses.includes('failed') ? 'unhealthy' : statuses.includes('warning') ? 'degraded' : 'healthy',
    checks,
    policy: current && { hash: current.hash, etag: current.etag, mode: current.policy.mode },
    inbox: survey.ok ? survey.value : null,
    sweep: swept && {
      finishedAt: swept.finishedAt,
      ageSeconds: Math.round((now.getTime() - Date.parse(swept.finishedAt)) / 1000),
      selected: swept.selected,
    },
    subscriptions: subscriptions.ok ? countSubscriptions(subscriptions.value) : null,
    deadLetters: deadLetters.ok ? deadLetters.value : null,
  } as const;
}

const ok: Check = { status: 'ok', detail: null };
const warning = (detail: string): Check => ({ status: 'warning', detail });
const failed = (detail: string): Check => ({ status: 'failed', detail });

function storageCheck(reads: readonly Read<unknown>[]): Check {
  const refused = reads.find((one) => !one.ok);
  return refused && !refused.ok ? failed(`The storage account answered ${refused.code}.`) : ok;
}

/** One question to Resource Graph takes a token and an answer; which of them failed shows in the code. */
function armChecks(graph: Seen['graph']): { armToken: Check; resourceGraph: Check } {
  if (!graph.ok) return { armToken: ok, resourceGraph: failed(`Resource Graph: ${graph.code}.`) };
  if (graph.value.ok) return { armToken: ok, resourceGraph: ok };
  const { code, status } = graph.value.error;
  if (tokenCodes.includes(code))
    return { armToken: failed(`No token: ${code}.`), resourceGraph: failed('It was not asked, for want of a token.') };
  if (status === 429) return { armToken: ok, resourceGraph: warning('Resource Graph has throttled the app.') };
  return { armToken: ok, resourceGraph: failed(`Resource Graph answered ${code}.`) };
}

function policyCheck(policy: Seen['policy']): Check {
  if (!policy.ok) return failed('It could not be read.');
  if (!policy.value) return warning('There is none yet, so nothing is done: PUT one to /api/policy.');
  const { refused, pending } = policy.value;
  if (pending?.weight)
    return warning(
      `A newer one would change ${pending.weight.networks} compliant networks and waits: GET /api/policy/approval.`,
    );
  return refused
    ? warning(`A newer one was uploaded and refused, for ${refused.length} reasons; the last good one is in force.`)
    : ok;
}

function sweepCheck(sweep: Seen['sweep'], now: Date): Check {
  if (!sweep.ok) return failed('It could not be read.');
  if (!sweep.value) return warning('None has come to its end yet.');
  const age = now.getTime() - Date.parse(sweep.value.finishedAt);
  return age > sweptWithinMs ? warning(`The last one ended ${Math.round(age / 60_000)} minutes ago.`) : ok;
}

function inboxCheck(survey: Seen['survey'], now: Date): Check {
  if (!survey.ok) return failed('It could not be read.');
  const { oldestDueAt } = survey.value;
  const age = oldestDueAt ? now.getTime() - Date.parse(oldestDueAt) : 0;
  return age > dueForMs ? warning(`An item has been due for ${Math.round(age / 60_000)} minutes.`) : ok;
}

/** What only warns is told, and is no illness: a perimeter or versioning may be meant to be. */
function destinationsCheck(destinations: Seen['destinations']): Check {
  if (!destinations.ok) return failed('They could not be read.');
  const all = [...destinations.value];
  const blocked = all.filter(([, { state }]) => state === 'blocked');
  const warned = all.filter(([, { warnings }]) => warnings.length > 0);
  if (blocked.length > 0) {
    const named = blocked.map(([account, { problem }]) => `${account} (${problem?.code ?? 'unknown'})`).join(', ');
    return warning(`Blocked: ${named}. GET /api/destinations says more.`);
  }
  const names = warned.map(([account]) => account).join(', ');
  return warned.length > 0 ? { ...ok, detail: `With warnings: ${names}. GET /api/destinations says which.` } : ok;
}

/** A pause ends with its time, or with the version of the policy under which it began. */
function changesCheck(changes: Seen['changes'], policy: Seen['policy'], now: Date): Check {
  if (!changes.ok) return failed('It could not be read whether changes pause.');
  const { pausedUntil, policyEtag } = changes.value;
  const isPast = pausedUntil === null || Date.parse(pausedUntil) <= now.getTime();
  if (isPast || (policy.ok && policy.value?.etag !== policyEtag)) return ok;
  return warning(`So many changes have failed that nothing is changed until ${pausedUntil} (limits.pauseWhen).`);
}

/** Names at most so many: the answer of a probe stays small. */
const named = 20;

function countSubscriptions(subscriptions: readonly SubscriptionRecord[]) {
  const ids = (some: readonly SubscriptionRecord[]) => some.map(({ id }) => id).slice(0, named);
  return {
    known: subscriptions.length,
    withoutEvents: ids(subscriptions.filter(({ eventAt, readableAt }) => eventAt === null && readableAt !== null)),
    unreadable: ids(subscriptions.filter(({ readableAt, eventAt }) => readableAt === null && eventAt === null)),
  };
}

function subscriptionsCheck(subscriptions: Seen['subscriptions']): Check {
  if (!subscriptions.ok) return failed('They could not be read.');
  const { unreadable } = countSubscriptions(subscriptions.value);
  // One from which no event has come is no reason to worry: where nothing changes there is nothing to tell.
  return unreadable.length > 0
    ? warning(`The policy names ${unreadable.length} that Flowkeeper may not read: give it the reader role there.`)
    : ok;
}

function deadLetterCheck(deadLetters: Seen['deadLetters']): Check {
  if (!deadLetters.ok) return failed('They could not be read.');
  const unreadable = deadLetters.value?.unreadable ?? 0;
  return unreadable > 0 ? warning(`${unreadable} could not be read, and were set aside for a person to look at.`) : ok;
}
