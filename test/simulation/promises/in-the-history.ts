import { z } from 'zod';
import type { InvocationResult } from '../../../infra/local/host/app/protocol.ts';
import type { Run } from '../../../shared/inbox/work-item.ts';
import type { HistoryRecord } from '../../../shared/records/stories.ts';
import type { Served } from '../world/azure.ts';
import type { Invocation } from '../world/invocation.ts';
import type { World } from '../world/world.ts';

/** A request of the product's that ARM accepted. */
type Change = { readonly run: Run; readonly resourceId: string; readonly about: string; readonly what: string };

const settlingSchema = z.object({
  item: z.object({ networkId: z.string() }).optional(),
  outcome: z.object({ kind: z.string() }),
});

const kinds = /\/(flowLogs|userAssignedIdentities|roleAssignments|networkWatchers)\/[^/]+$/i;

/** What the history tells, compared with what was changed in Azure. */
export function watchHistory() {
  const changes: Change[] = [];
  /** Runs that came to their close. */
  const closed = new Set<string>();
  /** Networks and storage accounts in runs that were stopped in the midst of it: by another policy, or since nobody asked any more. */
  const stopped = new Set<string>();
  return {
    onInvoked({ functionName, data, asked }: Invocation, { ok }: InvocationResult): void {
      if (!asked || !ok) return;
      if (functionName === 'closeRun') closed.add(asked.run.runId);
      if (functionName !== 'settleNetwork' && functionName !== 'settleDestination') return;
      const { item, outcome } = settlingSchema.parse(JSON.parse(data));
      const { run } = asked;
      const about = item?.networkId ?? (run.lane.kind === 'destination' ? run.lane.account : '');
      if (outcome.kind === 'stopped') stopped.add(keyOf(run, about));
    },

    onServed({ request: { method, path }, response, before, by }: Served): void {
      if (!by?.asked || response.status >= 300 || !kinds.test(path)) return;
      // What was there already, or is gone already, is not changed; and a write that is taken back has failed.
      const isChange = method === 'PUT' ? !before || isFlowLog(path) : method === 'DELETE' && before !== null;
      if (!isChange || (by.functionName === 'undoStep' && isFlowLog(path))) return;
      const { run, about = '' } = by.asked;
      changes.push({ run, about, resourceId: path, what: `${method} ${path} by ${by.functionName} of ${run.runId}` });
    },

    /** Every change has one row that tells its end, and one before it that announced it. */
    async differences(world: World): Promise<readonly string[]> {
      const rows = await Array.fromAsync(world.books.records.history.list());
      const networks = await Array.fromAsync(world.books.records.networks.list());
      const compliant = new Set(networks.flatMap(({ id, state }) => (state === 'Compliant' ? [id.toLowerCase()] : [])));
      const cameToItsEnd = ({ run, about }: Change) => closed.has(run.runId) && !stopped.has(keyOf(run, about));
      /** Of a run that did not, the end of a flow log's change is told once the network is seen to be compliant. */
      const isToBeTold = (change: Change) =>
        cameToItsEnd(change) || (isFlowLog(change.resourceId) && compliant.has(change.about.toLowerCase()));
      const ofPlans = Map.groupBy(rows, ({ planId }) => planId);
      return [
        ...[...ofPlans].flatMap(([planId, some]) => (planId === '' ? [] : ofPlan(planId, some))),
        ...changes.filter(isToBeTold).flatMap((change) => ofChange(change, rows)),
        ...(await contestsNotTold(world, rows)),
      ];
    },
  };
}

function ofPlan(planId: string, rows: readonly HistoryRecord[]): string[] {
  const ends = rows.filter(({ kind }) => kind !== 'intended');
  const [end] = ends;
  if (!end) return [];
  const what = `The history tells that ${end.resourceId} ${end.kind} in ${planId}`;
  const wasAnnounced = rows.some(({ kind, at }) => kind === 'intended' && at <= end.at);
  return [
    ...(ends.length > 1 ? [`${what}, ${ends.length} times.`] : []),
    ...(wasAnnounced ? [] : [`${what}, which was never intended.`]),
  ];
}

function ofChange({ run, resourceId, about, what }: Change, rows: readonly HistoryRecord[]): string[] {
  // A network's rows tell of its flow log.
  const subject = (isFlowLog(resourceId) ? about : resourceId).toLowerCase();
  const isOfIt = (row: HistoryRecord) => row.run === run.runId && row.resourceId.toLowerCase() === subject;
  return rows.some((row) => row.kind !== 'intended' && isOfIt(row))
    ? []
    : [`The history does not tell what came of ${what}.`];
}

function keyOf({ runId }: Run, networkId: string): string {
  return `${runId} ${networkId.toLowerCase()}`;
}

/** Nobody asked for the network, and it was put right more often than the policy lets it be in a day. */
async function contestsNotTold(
  { books, plan, azure, healthy }: World,
  rows: readonly HistoryRecord[],
): Promise<string[]> {
  const asked = new Set<string>();
  for await (const row of books.records.remediations.list())
    if (row.kind === 'network') asked.add(row.networkId.toLowerCase());
  // What runs that died have put right is told, and not counted.
  const most = (plan.limits.contestedAfter ?? 3) + (healthy ? 0 : 3);
  const ofNetworks = Map.groupBy(rows, ({ resourceId }) => resourceId.toLowerCase());
  return [...ofNetworks].flatMap(([id, some]) => {
    const since = azure.world.store.get(id)?.createdAt ?? Number.POSITIVE_INFINITY;
    const changed = some.filter(({ kind, at }) => kind === 'changed' && Date.parse(at) > since);
    const switchedOn = changed.filter(({ before, after }) => isEnabled(before) === false && isEnabled(after));
    // The first log takes nobody's place.
    const madeAgain = changed.filter(({ before, after }) => before === null && isEnabled(after)).slice(1);
    const times = Math.max(switchedOn.length, madeAgain.length);
    return asked.has(id) || times <= most
      ? []
      : [`The flow log of ${id} was put right ${times} times, and is not contested.`];
  });
}

function isEnabled(settings: unknown): boolean | null {
  return typeof settings === 'object' && settings !== null && 'enabled' in settings ? settings.enabled === true : null;
}

function isFlowLog(id: string): boolean {
  return /\/flowLogs\//i.test(id);
}
