import type { OrchestrationContext } from 'durable-functions';
import { isByPerson, type Reason, type Run } from '../shared/inbox/work-item.ts';
import { requireResourceId } from '../shared/resource-id.ts';
import type { StepOutcome, Undo } from '../shared/steps/contract.ts';
import type { NetworkItem, NetworkOutcome, RecordedPlan } from '../shared/work/network-item.ts';
import { after, call, type Durable } from './call.ts';
import type { EnforceNetworksInput } from './contracts.ts';
import { runStep } from './run-step.ts';
import { newSaga } from './saga.ts';

/**
 * One lane of writes in one region, a network at a time: Azure refuses two writes on one target, and answers sporadic
 * 500s to parallel creates in a network watcher. Never fails for Azure's sake: every end of a network is settled.
 */
export function* enforceNetworks(ctx: OrchestrationContext): Durable<string> {
  const { run, items, networkWatcherId } = ctx.df.getInput<EnforceNetworksInput>() ?? {
    run: null,
    items: [],
    networkWatcherId: null,
  };
  if (!run) return 'started without input';
  let watcher = networkWatcherId;
  const endBefore = after(ctx, budgetSeconds).getTime();
  for (const [index, item] of items.entries()) {
    const common = { run, about: item.networkId, correlationId: correlationOf(item) };
    const planned = yield* runStep(ctx, 'planNetwork', { item, ...common, policyEtag: '', resourceId: item.networkId });
    const plan = planned.ok ? planned.value : null;
    let outcome: NetworkOutcome = planned.ok ? { kind: 'planned' } : refused(planned);
    if (plan?.change?.kind === 'delete' && plan.because === null) {
      outcome = yield* collect(ctx, run, item, plan);
    } else if (plan?.change && plan.because === null) {
      const bound = yield* bind(ctx, run, item, plan, watcher);
      outcome = bound.outcome;
      watcher = bound.watcher;
    }
    const { urgent } = yield* call(ctx, 'settleNetwork', { run, item, plan, outcome });
    if (ctx.df.currentUtcDateTime.getTime() > endBefore)
      return `${index + 1} of ${items.length} networks; the time is up`;
    if (urgent) return `${index + 1} of ${items.length} networks; more urgent work is due`; // the rest is still in the inbox
  }
  return `${items.length} networks`;
}

/** A run is meant to end in about 15 minutes: what is not begun by then stays in the inbox. */
const budgetSeconds = 10 * 60;

type Bound = { readonly outcome: NetworkOutcome; readonly watcher: string | null };

/** Network watcher, destination, limits, flow log, proof; and what must be undone. */
function* bind(
  ctx: OrchestrationContext,
  run: Run,
  item: NetworkItem,
  plan: RecordedPlan,
  known: string | null,
): Durable<Bound> {
  const { networkId, location } = item;
  const { change, desired, policyEtag } = plan;
  if (!change?.after || !desired) return { outcome: { kind: 'planned' }, watcher: known };
  const common = { run, policyEtag, about: networkId, correlationId: correlationOf(item) };
  const { subscriptionId } = requireResourceId(networkId);
  const watcherRequest = { subscriptionId, location, policy: desired.networkWatcher };
  const watcherStep = { ...watcherRequest, ...common, resourceId: `${subscriptionId}/${location}` };

  const watcher = known ? null : yield* runStep(ctx, 'ensureNetworkWatcher', watcherStep);
  if (watcher && !watcher.ok) return { outcome: refused(watcher), watcher: null };
  const networkWatcherId = watcher ? watcher.value.networkWatcherId : known;

  const asked = { ...requestOf(item), correlationId: common.correlationId };
  const destination = yield* call(ctx, 'requireDestination', { run, plan, ...asked });
  if (destination.kind !== 'ready') return { outcome: destination, watcher: networkWatcherId };
  const admitted = yield* call(ctx, 'admitChange', { run, plan, rows: item.rows });
  if (admitted.kind !== 'go') return { outcome: admitted, watcher: networkWatcherId };

  const saga = newSaga(ctx, common);
  const flowLogId = plan.flowLogId ?? `${networkWatcherId}/flowLogs/${desired.name}`;
  const settings = change.after;
  const undo = undoOf(plan, flowLogId);
  const flowLog = { flowLogId, location, targetResourceId: networkId, settings, undoTo: undo.to };
  const written = yield* saga.step('ensureFlowLog', flowLogId, flowLog, undo);
  const proof = written.ok
    ? yield* saga.step(
        'verifyFlowLog',
        flowLogId,
        {
          flowLogId,
          written: written.value,
          settings,
          principalId: destination.principalId,
          targetResourceGuid: plan.resourceGuid,
        },
        null,
      )
    : written;
  if (written.ok && proof.ok) {
    const did = written.did === 'deleted' ? 'updated' : written.did;
    return { outcome: { kind: 'changed', did, flowLog: proof.value }, watcher: networkWatcherId };
  }
  const failed = refused(proof);
  // What was written and only could not be proven is kept: it records.
  const leftovers = written.ok || failed.kind !== 'failed' ? [] : yield* saga.undo();
  const outcome =
    failed.kind === 'failed'
      ? {
          ...failed,
          flowLogId: written.ok ? flowLogId : plan.flowLogId,
          leftovers: leftovers.map(({ resourceId }) => resourceId),
        }
      : failed;
  return { outcome, watcher: networkWatcherId };
}

/** A log of ours whose network is gone: it records nothing, and nobody else would delete it. */
function* collect(ctx: OrchestrationContext, run: Run, item: NetworkItem, plan: RecordedPlan): Durable<NetworkOutcome> {
  const { networkId, flowLogId, policyEtag } = plan;
  if (!flowLogId) return { kind: 'planned' };
  const admitted = yield* call(ctx, 'admitChange', { run, plan, rows: item.rows });
  if (admitted.kind !== 'go') return admitted;
  const common = { run, policyEtag, about: networkId, correlationId: correlationOf(item), resourceId: flowLogId };
  const collected = yield* runStep(ctx, 'collectFlowLog', { flowLogId, networkId, ...common });
  return collected.ok ? { kind: 'collected' } : refused(collected);
}

function undoOf({ change }: RecordedPlan, flowLogId: string): Undo {
  const to =
    change?.kind === 'update'
      ? { kind: 'settings' as const, before: change.before, ifStill: change.after }
      : { kind: 'absent' as const };
  return { step: 'ensureFlowLog', resourceId: flowLogId, to };
}

function refused(outcome: StepOutcome<unknown>): Extract<NetworkOutcome, { kind: 'failed' | 'stopped' }> {
  if (outcome.ok) throw new Error('A step that succeeded has not refused.');
  return 'stopped' in outcome
    ? { kind: 'stopped', because: outcome.stopped }
    : { kind: 'failed', problem: outcome.problem, flowLogId: null, leftovers: [] };
}

/** Who asked and why, and when it was asked last. A person's row outweighs the others. */
function requestOf({ rows }: NetworkItem): { reason: Reason; by: string | undefined; askedAt: string } {
  const row = rows.find(({ reason }) => isByPerson(reason)) ?? rows[0];
  const askedAt =
    rows
      .map(({ touchedAt }) => touchedAt)
      .sort()
      .at(-1) ?? '';
  return { reason: row?.reason ?? 'sweep', by: row?.by, askedAt };
}

function correlationOf({ rows, networkId }: NetworkItem): string {
  return rows[0]?.correlationId ?? networkId;
}
