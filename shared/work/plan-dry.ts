import { odata } from '@azure/data-tables';
import { queryEstate } from '../azure/estate-query.ts';
import { fieldChanges } from '../plan/field-changes.ts';
import type { CurrentPolicy } from '../policy/ruling.ts';
import { ownProblem } from '../problem.ts';
import { emptyRecord, verdictFields } from '../records/network-record.ts';
import { networkRow, type PlannedNetwork } from '../records/stories.ts';
import type { Judgement } from './judge-row.ts';
import { judgeRows } from './judge-rows.ts';
import type { WorkContext } from './work-context.ts';

/** As many as fit into one query by their ids. */
const perPage = 50;

/** Plans one page of the networks that a dry run names, as Resource Graph shows them. One request. */
export async function planNamed(
  context: WorkContext,
  current: CurrentPolicy,
  remediationId: string,
  mark: string | null,
): Promise<{ readonly next: string | null; readonly planned: number }> {
  const { remediations } = context.records;
  const page = await remediations.page(perPage, mark, odata`PartitionKey eq ${remediationId}`);
  if (!page) throw new Error(`The continuation of the dry run ${remediationId} is not known any more.`);
  const ids = page.items.flatMap((row) => (row.kind === 'network' ? [row.networkId] : []));
  const shown = ids.length > 0 ? await queryEstate(context.clients, null, null, 1000, ids) : null;
  if (shown && !shown.ok)
    throw new Error(`Resource Graph refused the query: ${shown.error.code} ${shown.error.message}`);
  const judged = await judgeRows(context, current, shown?.value.rows ?? [], new Map());
  await notePlans(context, remediationId, judged);
  const found = new Set(judged.map(({ row }) => row.network.id.toLowerCase()));
  const hidden = ids.filter((id) => !found.has(id.toLowerCase()));
  await remediations.putAll(
    remediationId,
    hidden.map((id) => networkRow(id, unseen(id))),
  );
  return { next: page.continuation, planned: ids.length };
}

/** Writes down what would be done about each network; nothing else comes of it. */
export async function notePlans(
  { records }: WorkContext,
  remediationId: string,
  judged: readonly Judgement[],
): Promise<void> {
  const rows = judged.map(({ row, plan }) =>
    networkRow(row.network.id, {
      ...verdictFields(plan.verdict),
      because: plan.because,
      until: plan.until,
      plan: plan.change && fieldChanges(plan.change),
    }),
  );
  await records.remediations.putAll(remediationId, rows);
}

function unseen(networkId: string): PlannedNetwork {
  const message =
    'Resource Graph does not show this network: it is new, or gone, or the app may not read it. Ask again in a minute; a remediation asks Azure itself.';
  const problem = ownProblem('NotInResourceGraph', networkId, message);
  return { ...emptyRecord(networkId), state: 'Unknown', problem };
}
