import type { OrchestrationContext } from 'durable-functions';
import type { Run, WorkItem } from '../shared/inbox/work-item.ts';
import { sameId } from '../shared/resource-id.ts';
import type { StepOutcome, Undo } from '../shared/steps/contract.ts';
import { roleAssignmentId } from '../shared/steps/role-assignment-id.ts';
import type { DestinationOutcome, DestinationPlan } from '../shared/work/destination-plan.ts';
import { beginRun, takeSettled } from './begin-run.ts';
import { call, type Durable } from './call.ts';
import { runStep } from './run-step.ts';
import { newSaga, type Saga, undoAll } from './saga.ts';

/**
 * One run of a storage account's lane: preflight -> identity -> blob access -> publish, and wake those who wait.
 *
 * Nobody sees the identity before it is published as ready, and one lane owns it. So when a step fails for good, what
 * was made is removed at no risk, newest first. What to remove is written down before the first write (the plan's
 * intent), so that a run that comes after one that died inherits it; only publishing clears it.
 */
export function* provideDestination(ctx: OrchestrationContext): Durable<string> {
  const run = beginRun(ctx);
  const items = yield* takeSettled(ctx, run);
  if (!items) return 'fenced: another run owns the lane';
  if (items.length > 0) {
    const { plan, outcome, leftovers } = yield* provide(ctx, run, items[0]);
    yield* call(ctx, 'settleDestination', { run, items, plan, outcome, leftovers });
  }
  const closed = yield* call(ctx, 'closeRun', { run });
  return closed.kind === 'closed' && closed.next ? `generation ${closed.next} goes on` : 'done';
}

type Provided = {
  readonly plan: DestinationPlan | null;
  readonly outcome: DestinationOutcome;
  readonly leftovers: readonly Undo[];
};

function* provide(ctx: OrchestrationContext, run: Run, item: WorkItem | undefined): Durable<Provided> {
  const account = run.lane.kind === 'destination' ? run.lane.account : '';
  const asked = { about: account, correlationId: item?.correlationId ?? run.runId, by: item?.by };
  const planned = yield* runStep(ctx, 'planDestination', {
    account,
    run,
    ...asked,
    policyEtag: '',
    resourceId: account,
  });
  if (!planned.ok) return { plan: null, outcome: refused(planned), leftovers: [] };
  const plan = planned.value;
  const common = { run, policyEtag: plan.policyEtag, ...asked };
  const kept = [...(yield* undoAll(ctx, common, plan.stale)), ...(yield* undoAll(ctx, common, plan.collect))];
  if (plan.idle) return { plan, outcome: { kind: 'idle' }, leftovers: [...kept, ...plan.intent] };

  const saga = newSaga(ctx, common, plan.intent);
  const outcome = yield* provideSteps(saga, plan);
  const undone = outcome.kind === 'failed' ? yield* saga.undo() : outcome.kind === 'stopped' ? plan.intent : [];
  return { plan, outcome, leftovers: [...kept, ...undone] };
}

function* provideSteps(saga: Saga, plan: DestinationPlan): Durable<DestinationOutcome> {
  const { destination, problem, principalId, intent } = plan;
  if (problem || !destination) return problem ? { kind: 'failed', problem } : { kind: 'idle' };
  if (principalId) return { kind: 'ready', principalId };
  const { storageAccountId, identityId, location, ours } = destination;
  if (!identityId) return { kind: 'ready', principalId: null };

  const undoIdentity = intent.find(({ resourceId }) => sameId(resourceId, identityId)) ?? null;
  const identity = yield* saga.step('ensureIdentity', identityId, { identityId, location, ours }, undoIdentity);
  if (!identity.ok) return refused(identity);

  const request = { storageAccountId, principalId: identity.value.principalId };
  const id = roleAssignmentId(request);
  // A principal that this run made had no role before it; for one that was there, the plan has looked.
  const absent = undoIdentity !== null || intent.some(({ resourceId }) => sameId(resourceId, id));
  const undo: Undo | null = absent ? { step: 'ensureRoleAssignment', resourceId: id, to: { kind: 'absent' } } : null;
  const access = yield* saga.step('ensureRoleAssignment', id, request, undo);
  return access.ok ? { kind: 'ready', principalId: request.principalId } : refused(access);
}

function refused(outcome: StepOutcome<unknown>): DestinationOutcome {
  if (outcome.ok) throw new Error('A step that succeeded has not refused.');
  return 'stopped' in outcome
    ? { kind: 'stopped', because: outcome.stopped }
    : { kind: 'failed', problem: outcome.problem };
}
