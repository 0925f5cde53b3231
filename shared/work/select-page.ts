import { type EstateRow, queryEstate } from '../azure/estate-query.ts';
import { coversSubscription, decideIntent } from '../decide/intent.ts';
import { readDestination } from '../inbox/destination-row.ts';
import { enqueue } from '../inbox/enqueue.ts';
import type { WorkRequest } from '../inbox/merge-request.ts';
import { type NetworkPlan, planNetwork } from '../plan/plan-network.ts';
import { destinationsOf } from '../policy/destinations.ts';
import type { Policy } from '../policy/document.ts';
import { destinationBody } from '../records/destination-body.ts';
import { type NetworkRecord, networkKey, verdictFields } from '../records/network-record.ts';
import type { CurrentPolicy } from '../records/policy-store.ts';
import type { Selection } from '../records/selection.ts';
import { nameOf, requireResourceId } from '../resource-id.ts';
import { emptyRecord } from './settle-quietly.ts';
import type { WorkContext } from './work-context.ts';

export type Page = { readonly skipToken: string | null; readonly selected: number };
type PageInput = { readonly selection: Selection; readonly skipToken: string | null };

/**
 * Takes one page of the estate and puts into the inbox what needs work: of the sweep only what drifted, of a person's
 * filter all that it names. A network that is as it should be costs no request and no run, only its record.
 */
export async function selectPage(context: WorkContext, { selection, skipToken }: PageInput): Promise<Page> {
  const current = await context.policies.current();
  if (!current) return { skipToken: null, selected: 0 };
  if (!skipToken && selection.kind === 'sweep') await enqueueDestinations(context, current);

  const { include } = current.policy.scope.subscriptions;
  const page = await queryEstate(context.clients, include ?? null, skipToken);
  if (!page.ok) throw new Error(`Resource Graph refused the query: ${page.error.code} ${page.error.message}`);
  const rows = page.value.rows.filter(({ network }) => coversSubscription(current.policy, subscriptionOf(network.id)));
  const principals = await principalsOf(context, current.policy);
  const looks = await Promise.all(rows.map((row) => look(context, current, principals, row)));
  const chosen = looks.filter((one) => isSelected(selection, one));
  await enqueueNetworks(context, selection, current, chosen);
  return { skipToken: page.value.skipToken, selected: chosen.length };
}

type Look = { readonly row: EstateRow; readonly plan: NetworkPlan; readonly before: NetworkRecord | null };

/** Judges a network by its row, and records what needs no work. */
async function look(
  context: WorkContext,
  current: CurrentPolicy,
  principals: ReadonlyMap<string, string>,
  row: EstateRow,
): Promise<Look> {
  const at = context.now().toISOString();
  const { network, flowLogs } = row;
  const intent = decideIntent(current.policy, network, at);
  const identityId = intent.kind === 'desired' ? intent.desired.identityId : null;
  const plan = planNetwork(intent, {
    network,
    flowLogs,
    principalId: (identityId && principals.get(identityId.toLowerCase())) ?? null,
    isOurs: ({ tags }) => context.isOurs(tags),
  });
  const key = networkKey(network.id);
  const before = await context.records.networks.get(...key);
  if (!needsWork(plan) && !sameJudgement(before, plan, current.hash))
    await context.records.networks.put(...key, recordOf(row, plan, before, current, at));
  return { row, plan, before };
}

const needsWork = (plan: NetworkPlan): boolean => plan.change !== null && plan.because === null;

function sameJudgement(before: NetworkRecord | null, plan: NetworkPlan, policyHash: string): boolean {
  return (
    before !== null &&
    before.state === plan.verdict.state &&
    before.because === plan.because &&
    before.policyHash === policyHash
  );
}

function recordOf(
  { network }: EstateRow,
  plan: NetworkPlan,
  before: NetworkRecord | null,
  { hash }: CurrentPolicy,
  at: string,
): NetworkRecord {
  return {
    ...(before ?? emptyRecord(network.id)),
    ...verdictFields(plan.verdict),
    location: network.location,
    action: plan.change?.kind ?? null,
    because: plan.because,
    until: plan.until,
    leftovers: [],
    flowLogId: plan.flowLogId,
    storageAccountId: plan.desired?.storageAccountId ?? null,
    identityId: plan.desired?.identityId ?? null,
    resourceGuid: network.resourceGuid,
    policyHash: hash,
    runId: before?.runId ?? '',
    checkedAt: at,
  };
}

function isSelected(selection: Selection, { row, plan, before }: Look): boolean {
  if (selection.kind === 'sweep') return needsWork(plan);
  const { subscriptions, locations, states } = selection.filter;
  return (
    (!subscriptions || subscriptions.includes(subscriptionOf(row.network.id))) &&
    (!locations || locations.includes(row.network.location)) &&
    (!states || states.includes(before?.state ?? plan.verdict.state))
  );
}

async function enqueueNetworks(
  context: WorkContext,
  selection: Selection,
  { hash }: CurrentPolicy,
  looks: readonly Look[],
): Promise<void> {
  const remediationId = selection.kind === 'remediation' ? selection.remediationId : null;
  const correlationId = remediationId ?? `sweep-${selection.kind === 'sweep' ? selection.startedAt : ''}`;
  if (remediationId) {
    for (const { row } of looks)
      await context.records.remediations.put(remediationId, networkKey(row.network.id).join('|'), {
        kind: 'network',
        networkId: row.network.id,
      });
  }
  for (const [subscriptionId, some] of Map.groupBy(looks, ({ row }) => subscriptionOf(row.network.id))) {
    const requests = some.map(({ row }): WorkRequest => {
      const { id, resourceGuid } = row.network;
      const reason = remediationId ? 'bulk' : 'sweep';
      return {
        target: { kind: 'network', id },
        reason,
        correlationId,
        policyHash: hash,
        ...(resourceGuid ? { resourceGuid } : {}),
      };
    });
    await enqueue(context.port, { kind: 'subscription', subscriptionId }, requests, context.now(), 0);
  }
}

/** Destinations that exist are checked hourly; one that nobody has needed yet is made when somebody does. */
const checkEveryMs = 55 * 60_000;

async function enqueueDestinations({ port, now }: WorkContext, { policy, hash }: CurrentPolicy): Promise<void> {
  for (const { storageAccountId, mode } of destinationsOf(policy)) {
    const account = nameOf(storageAccountId).toLowerCase();
    const row = await readDestination(port, account);
    if (!row || mode !== 'enforce') continue;
    const { state, checkedAt } = destinationBody.parse(row.body);
    const fresh = state === 'ready' && checkedAt !== null && now().getTime() - Date.parse(checkedAt) < checkEveryMs;
    if (fresh) continue;
    const request: WorkRequest = {
      target: { kind: 'destination', id: storageAccountId },
      reason: 'sweep',
      correlationId: 'sweep',
      policyHash: hash,
    };
    await enqueue(port, { kind: 'destination', account }, [request], now(), 0);
  }
}

async function principalsOf({ port }: WorkContext, policy: Policy): Promise<ReadonlyMap<string, string>> {
  const principals = new Map<string, string>();
  for (const { storageAccountId } of destinationsOf(policy)) {
    const row = await readDestination(port, nameOf(storageAccountId));
    const body = row && destinationBody.parse(row.body);
    if (body?.state === 'ready' && body.identityId && body.principalId)
      principals.set(body.identityId.toLowerCase(), body.principalId);
  }
  return principals;
}

const subscriptionOf = (networkId: string): string => requireResourceId(networkId).subscriptionId;
