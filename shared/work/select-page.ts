import { classify } from '../azure/arm-error-table.ts';
import type { ArmError } from '../azure/arm-outcome.ts';
import { queryEstate } from '../azure/estate-query.ts';
import { enqueue } from '../inbox/enqueue.ts';
import type { WorkRequest } from '../inbox/merge-request.ts';
import type { Policy } from '../policy/document.ts';
import type { NetworkRecord } from '../records/network-record.ts';
import type { Selection } from '../records/selection.ts';
import { networkRow } from '../records/stories.ts';
import { requireResourceId } from '../resource-id.ts';
import { checkDestinations } from './check-destinations.ts';
import { fitsFilter } from './fits-filter.ts';
import type { Judgement } from './judge-row.ts';
import { judgeRows } from './judge-rows.ts';
import { lookAtSubscriptions } from './look-at-subscriptions.ts';
import { noteNetworks } from './note-network.ts';
import { notePlans, planNamed } from './plan-dry.ts';
import { endOfEstate, recordsBetween } from './records-between.ts';
import type { WorkContext } from './work-context.ts';

/** Where a selection has come to: Resource Graph's own mark, and the id (in lower case) of the last network seen. */
export type PageMark = { readonly skipToken: string | null; readonly after: string };
export type NetworksByState = Readonly<Partial<Record<string, number>>>;
/** `waitSeconds`: Resource Graph could not answer, and nothing was done; ask again for the same page then. */
export type Page = PageMark & {
  readonly selected: number;
  readonly networksByState: NetworksByState;
  readonly waitSeconds?: number;
};
type PageInput = PageMark & { readonly selection: Selection };

/**
 * Takes one page of the estate and puts into the inbox what needs a run: of the sweep what drifted, and what we know
 * but Resource Graph does not show (which is no proof that it is gone); of a person's filter all that it names. A
 * network that is as it should be costs no request and no run. One request a page.
 */
export async function selectPage(context: WorkContext, { selection, skipToken, after }: PageInput): Promise<Page> {
  const current = await context.policies.current();
  if (!current) return nothing(after);
  if (selection.kind !== 'sweep' && (await isCancelled(context, selection.remediationId))) return nothing(after);
  if (!skipToken && selection.kind === 'sweep') {
    await lookAtSubscriptions(context, current);
    await checkDestinations(context, current);
  }
  if (selection.kind === 'dryRun' && !selection.filter) {
    const { next, planned } = await planNamed(context, current, selection.remediationId, skipToken);
    return { skipToken: next, after, selected: planned, networksByState: {} };
  }

  const page = await queryEstate(context.clients, namedSubscriptions(current.policy), skipToken);
  if (!page.ok) return later({ skipToken, after }, page.error);
  const { rows, skipToken: next } = page.value;
  const upTo = (next && rows.at(-1)?.network.id.toLowerCase()) || endOfEstate;
  const records = await recordsBetween(context, after, upTo);
  const judged = await judgeRows(context, current, rows, records);
  const notes = judged.flatMap(({ before, record }) => (record ? [{ before, record }] : []));
  await noteNetworks(context, causeOf(selection), notes);

  const filter = selection.kind === 'sweep' ? null : selection.filter;
  const fitting = filter ? judged.filter((one) => fitsFilter(filter, one)) : judged;
  if (selection.kind === 'dryRun') {
    await notePlans(context, selection.remediationId, fitting);
    return { skipToken: next, after: upTo, selected: fitting.length, networksByState: {} };
  }
  const networks = selection.kind === 'sweep' ? swept(judged, records) : fitting.map(({ row }) => row.network);
  await enqueueNetworks(context, selection, current.etag, networks);
  const byState = Map.groupBy(judged, ({ record, plan }) => record?.state ?? plan.verdict.state);
  const networksByState = Object.fromEntries([...byState].map(([state, some]) => [state, some.length]));
  return { skipToken: next, after: upTo, selected: networks.length, networksByState };
}

/** Resource Graph has a quota of its own, 15 queries in 5 seconds, which anybody of the tenant's app may use up. */
function later(mark: PageMark, error: ArmError): Page {
  const answer = classify(error, '/providers/Microsoft.ResourceGraph');
  if (answer.status !== 'retry') throw new Error(`Resource Graph refused the query: ${error.code} ${error.message}`);
  return { ...mark, selected: 0, networksByState: {}, waitSeconds: error.retryAfterSeconds ?? 15 };
}

function nothing(after: string): Page {
  return { skipToken: null, after, selected: 0, networksByState: {} };
}

/** The only subscriptions that the policy can speak of; null where that is not known without asking. */
export function namedSubscriptions({ scope }: Policy): readonly string[] | null {
  return scope.managementGroups.include ? null : (scope.subscriptions.include ?? null);
}

async function isCancelled({ records }: WorkContext, remediationId: string): Promise<boolean> {
  return (await records.remediations.get(remediationId, 'cancelled')) !== null;
}

type Located = { readonly id: string; readonly location: string | null };

function swept(judged: readonly Judgement[], records: ReadonlyMap<string, NetworkRecord>): readonly Located[] {
  const shown = new Set(judged.map(({ row }) => row.network.id.toLowerCase()));
  const hidden = [...records].filter(([id, { state }]) => !shown.has(id) && state !== 'Gone' && state !== 'OutOfScope');
  return [
    ...judged.filter(({ needsRun }) => needsRun).map(({ row }) => row.network),
    ...hidden.map(([, record]) => record),
  ];
}

async function enqueueNetworks(
  context: WorkContext,
  selection: Selection,
  policyEtag: string,
  networks: readonly Located[],
): Promise<void> {
  const { records, port, now } = context;
  const remediationId = selection.kind === 'remediation' ? selection.remediationId : null;
  const correlationId = causeOf(selection);
  const remediation = remediationId && (await records.remediations.get(remediationId, 'remediation'));
  const by = (remediation && remediation.kind === 'remediation' && remediation.by) || null;
  if (remediationId)
    await records.remediations.putAll(
      remediationId,
      networks.map(({ id }) => networkRow(id, null)),
    );
  for (const [subscriptionId, some] of Map.groupBy(networks, ({ id }) => requireResourceId(id).subscriptionId)) {
    const reason = remediationId ? 'bulk' : 'sweep';
    const requests = some.map(
      ({ id, location }): WorkRequest => ({
        target: { kind: 'network', id },
        ...(location ? { location } : {}),
        reason,
        correlationId,
        policyEtag,
        ...(by ? { by } : {}),
      }),
    );
    await enqueue(port, { kind: 'subscription', subscriptionId }, requests, now(), 0);
  }
}

/** What everything that a selection brings about is known by. */
function causeOf(selection: Selection): string {
  return selection.kind === 'sweep' ? `sweep ${selection.startedAt}` : selection.remediationId;
}
