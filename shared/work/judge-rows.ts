import type { EstateRow } from '../azure/estate-query.ts';
import type { Ancestors } from '../decide/coverage.ts';
import { readDestination } from '../inbox/destination-row.ts';
import { known } from '../known.ts';
import { destinationsOf } from '../policy/destinations.ts';
import type { Policy } from '../policy/document.ts';
import type { CurrentPolicy } from '../policy/ruling.ts';
import { type DestinationBody, destinationBody } from '../records/destination-body.ts';
import type { NetworkRecord } from '../records/network-record.ts';
import { nameOf, requireResourceId } from '../resource-id.ts';
import { ancestorsFor } from './ancestors.ts';
import { type Judgement, judgeRow } from './judge-row.ts';
import type { WorkContext } from './work-context.ts';

/** Judges a page of Resource Graph under the policy in force; `records` are what was known, by id in lower case. */
export async function judgeRows(
  context: WorkContext,
  current: CurrentPolicy,
  rows: readonly EstateRow[],
  records: ReadonlyMap<string, NetworkRecord>,
): Promise<readonly Judgement[]> {
  const ruling = {
    current,
    destinations: await bodiesOf(context, current.policy),
    isOurs: context.isOurs,
    at: context.now().toISOString(),
  };
  const above = await ancestorsOfRows(context, current.policy, rows);
  return rows.map((row) => {
    const before = records.get(row.network.id.toLowerCase()) ?? null;
    return judgeRow(row, before, { ...ruling, ancestors: above(row) });
  });
}

/** What is known of the destinations of a policy, by their accounts in lower case. */
async function bodiesOf({ port }: WorkContext, policy: Policy): Promise<ReadonlyMap<string, DestinationBody>> {
  const bodies = new Map<string, DestinationBody>();
  for (const account of new Set(destinationsOf(policy).map(accountOf))) {
    const row = await readDestination(port, account);
    if (row) bodies.set(account, destinationBody.parse(row.body));
  }
  return bodies;
}

const accountOf = ({ storageAccountId }: { readonly storageAccountId: string }) =>
  nameOf(storageAccountId).toLowerCase();

/** A page is judged as a whole: where management groups can't be read, nothing on it is. */
async function ancestorsOfRows(
  { managementGroups }: WorkContext,
  policy: Policy,
  rows: readonly EstateRow[],
): Promise<(row: EstateRow) => Ancestors> {
  const subscriptionOf = ({ network }: EstateRow) => requireResourceId(network.id).subscriptionId;
  const bySubscription = new Map<string, Ancestors>();
  for (const subscriptionId of new Set(rows.map(subscriptionOf))) {
    const read = await ancestorsFor(managementGroups, policy, subscriptionId);
    if (!read.ok) throw new Error(`Resource Graph refused the query: ${read.error.code} ${read.error.message}`);
    bySubscription.set(subscriptionId, read.value);
  }
  return (row) => bySubscription.get(subscriptionOf(row)) ?? known([]);
}
