import { armErrors, unlistedErrors } from '../../shared/azure/arm-error-table.ts';
import { ownProblems, type Problem } from '../../shared/problem.ts';
import { busy } from '../../shared/runbook/busy.ts';
import { decided } from '../../shared/runbook/decided.ts';
import { destinationWarnings } from '../../shared/runbook/destination-warnings.ts';
import type { OwnEntry, RunbookEntry } from '../../shared/runbook/entry.ts';
import { missing } from '../../shared/runbook/missing.ts';
import { ownDelivery } from '../../shared/runbook/own-delivery.ts';
import { ownDestinations } from '../../shared/runbook/own-destinations.ts';
import { ownNetworks } from '../../shared/runbook/own-networks.ts';
import { ownRuns } from '../../shared/runbook/own-runs.ts';
import { rights } from '../../shared/runbook/rights.ts';
import { signIn } from '../../shared/runbook/sign-in.ts';
import { unlisted } from '../../shared/runbook/unlisted.ts';
import { type Pace, paces, waitSeconds } from '../../shared/steps/pace.ts';
import { parkUntil } from '../../shared/work/park-until.ts';

type Actor = Problem['actor'];

/** An entry, and what the tables of codes say about it. */
export type Told = OwnEntry & { readonly code: string; readonly actor: Actor };
export type Section = { readonly title: string; readonly about: string; readonly entries: readonly Told[] };

const azureRules = { ...armErrors, ...unlistedErrors };

/** The runbook in its order. An entry for a code that no problem can have does not compile; a code without one fails a test. */
export const sections: readonly Section[] = [
  {
    title: 'Destinations',
    about: 'What Flowkeeper finds wrong with a storage account or an identity of the policy.',
    entries: own(ownDestinations),
  },
  {
    title: 'Warnings about destinations',
    about: 'What keeps nothing from being written, and somebody should know.',
    entries: own(destinationWarnings),
  },
  {
    title: 'Networks and flow logs',
    about: 'What Flowkeeper finds wrong with a network, its flow log or the network watcher.',
    entries: own(ownNetworks),
  },
  {
    title: 'Delivery',
    about: 'Flow logs that are as they should be, and do not arrive in their storage account.',
    entries: own(ownDelivery),
  },
  { title: 'Runs', about: "What goes wrong in Flowkeeper's own work.", entries: own(ownRuns) },
  { title: 'Azure is busy', about: 'Most of these pass by themselves.', entries: azure(busy) },
  {
    title: 'Something is missing, or there already',
    about: 'What a request names is not there, is elsewhere, or exists already.',
    entries: azure(missing),
  },
  { title: 'Rights', about: 'Roles of the app, and the role that it gives to a flow log.', entries: azure(rights) },
  { title: 'Sign-in', about: 'The token by which the app shows Azure who it is.', entries: azure(signIn) },
  {
    title: 'Decided by somebody',
    about: 'Locks, policies, and how a subscription is set up.',
    entries: azure(decided),
  },
  {
    title: 'Codes that are not listed here',
    about: "Azure's status decides. The problem has the code that Azure gave, and leads to one of these.",
    entries: azure(unlisted),
  },
];

function own<Code extends keyof typeof ownProblems>(entries: Readonly<Record<Code, OwnEntry>>): readonly Told[] {
  return codesOf(entries).map((code) => ({ code, actor: ownProblems[code], ...entries[code] }));
}

function azure<Code extends keyof typeof azureRules>(entries: Readonly<Record<Code, RunbookEntry>>): readonly Told[] {
  return codesOf(entries).map((code) => {
    const { pace, actor } = azureRules[code];
    return { code, actor, ...entries[code], meanwhile: meanwhile(pace, actor) };
  });
}

function codesOf<Code extends string>(entries: Readonly<Record<Code, unknown>>): readonly Code[] {
  return Object.keys(entries) as Code[];
}

function meanwhile(pace: Pace | 'fatal', actor: Actor): string {
  const parks = `parks what the problem is about, and tries again every ${parkedMinutes(actor)} minutes.`;
  if (pace === 'fatal') return `Does not repeat the request; ${parks}`;
  const { attempts } = paces[pace];
  return `Repeats the step up to ${attempts} times within about ${patienceMinutes(pace)} minutes, never sooner than Azure asks; then ${parks}`;
}

/** How long what has this actor is left alone. */
export function parkedMinutes(actor: Actor): number {
  return Date.parse(parkUntil({ actor }, new Date(0))) / 60_000;
}

function patienceMinutes(pace: Pace): number {
  const waits = Array.from({ length: paces[pace].attempts }, (_, index) => waitSeconds(pace, index + 1, 0) ?? 0);
  return Math.round(waits.reduce((sum, seconds) => sum + seconds, 0) / 60);
}
