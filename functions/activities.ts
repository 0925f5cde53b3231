import type { InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import type { BookName, Books, StepInput, StepName, Steps } from '../orchestrations/contracts.ts';
import { type ArmWrite, withCorrelation } from '../shared/azure/arm-clients.ts';
import { closeRun } from '../shared/inbox/close-run.ts';
import { laneId } from '../shared/inbox/work-item.ts';
import { deploymentTag, runTag } from '../shared/our-tags.ts';
import type { StepAnswer } from '../shared/steps/contract.ts';
import { ensureFlowLog } from '../shared/steps/ensure-flow-log.ts';
import { ensureIdentity, undoIdentity } from '../shared/steps/ensure-identity.ts';
import { ensureNetworkWatcher } from '../shared/steps/ensure-network-watcher.ts';
import { ensureRoleAssignment, undoRoleAssignment } from '../shared/steps/ensure-role-assignment.ts';
import { roleAssignmentId } from '../shared/steps/role-assignment-id.ts';
import type { StepContext } from '../shared/steps/step-context.ts';
import { undoFlowLog } from '../shared/steps/undo-flow-log.ts';
import { verifyFlowLog } from '../shared/steps/verify-flow-log.ts';
import { type SpanOf, tellSpan } from '../shared/telemetry/telemetry.ts';
import { admitChange } from '../shared/work/admit-change.ts';
import { fence } from '../shared/work/fence.ts';
import { finishSelection } from '../shared/work/finish-selection.ts';
import { locate } from '../shared/work/locate.ts';
import { noteIntent } from '../shared/work/note-intent.ts';
import { parkItems } from '../shared/work/park-items.ts';
import { planDestination } from '../shared/work/plan-destination.ts';
import { planNetworkItem } from '../shared/work/plan-network-item.ts';
import { proveDelivery } from '../shared/work/prove-delivery.ts';
import { requireDestination } from '../shared/work/require-destination.ts';
import { selectPage } from '../shared/work/select-page.ts';
import { settleDestination } from '../shared/work/settle-destination.ts';
import { settleNetwork } from '../shared/work/settle-network.ts';
import { takeBatchTold } from '../shared/work/take-batch-told.ts';
import { tellStep } from '../shared/work/tell-step.ts';
import type { WorkContext } from '../shared/work/work-context.ts';
import { app } from './composition.ts';
import { checked } from './payload-size.ts';
import { workContext } from './work-context.ts';

/** A step's input as its activity gets it. */
type Input<Name extends StepName> = StepInput<Steps[Name]['request']> & { readonly resume?: string };

/** Steps: they talk to ARM, and answer what came of it. */
const steps: {
  readonly [Name in StepName]: (
    work: WorkContext,
    step: StepContext,
    input: Input<Name>,
  ) => Promise<StepAnswer<Steps[Name]['output']>>;
} = {
  locate: (work, _, input) => locate(work, input),
  planNetwork: (work, _, input) => planNetworkItem(work, input),
  planDestination: (work, _, input) => planDestination(work, input),
  ensureNetworkWatcher: (_, step, input) => ensureNetworkWatcher(step, input),
  ensureFlowLog: (_, step, input) => ensureFlowLog(step, input),
  verifyFlowLog: (_, step, input) => verifyFlowLog(step, input),
  ensureIdentity: (_, step, input) => ensureIdentity(step, input),
  ensureRoleAssignment: async (work, step, input) => {
    await noteIntent(work, input.run, {
      step: 'ensureRoleAssignment',
      resourceId: roleAssignmentId(input),
      to: { kind: 'absent' },
    });
    return ensureRoleAssignment(step, input);
  },
  undoStep: (_, step, input) => undos[input.undo.step](step, input),
};

const undos = {
  ensureFlowLog: (step: StepContext, input: Input<'undoStep'>) => undoFlowLog(step, input.undo, input.resume),
  ensureIdentity: (step: StepContext, input: Input<'undoStep'>) => undoIdentity(step, input.undo),
  ensureRoleAssignment: (step: StepContext, input: Input<'undoStep'>) => undoRoleAssignment(step, input.undo),
};

/** Books: our own tables. They succeed or throw. */
const books: {
  readonly [Name in BookName]: (work: WorkContext, input: Books[Name]['input']) => Promise<Books[Name]['output']>;
} = {
  takeBatch: takeBatchTold,
  closeRun: async (work, { run }) => {
    const closed = await closeRun(work.port, run, work.now());
    work.log.info(
      { lane: laneId(run.lane), generation: run.generation, next: closed.kind === 'closed' ? closed.next : null },
      'lane closed',
    );
    return closed;
  },
  parkItems,
  requireDestination,
  admitChange,
  settleNetwork,
  settleDestination,
  selectPage,
  proveDelivery,
  finishSelection,
};

/** Registers every activity under its name. Each gets a durable client, since settling may start another lane's run. */
export function registerActivities(): void {
  for (const name of Object.keys(steps) as StepName[]) registerStep(name);
  for (const name of Object.keys(books) as BookName[]) registerBook(name);
}

function registerStep<Name extends StepName>(name: Name): void {
  activity(name, async (work, input: Input<Name>) => {
    const { run, resourceId, correlationId } = input;
    const { settings } = await app();
    const step: StepContext = {
      clients: work.clients,
      guard: () => fence(work, run, input.policyEtag),
      tags: { [deploymentTag]: settings.deployment, [runTag]: run.runId },
      isOurs: work.isOurs,
    };
    tellSpan({ 'flowkeeper.about': input.about, 'flowkeeper.correlation_id': correlationId });
    const writes: ArmWrite[] = [];
    const answer = await withCorrelation(
      correlationId,
      () => steps[name](work, step, input),
      (write) => writes.push(write),
    );
    await tellStep(work, name, input, answer, writes);
    return { ...answer, step: name, resourceId };
  });
}

function registerBook<Name extends BookName>(name: Name): void {
  activity(name, (work, input: Books[Name]['input']) => books[name](work, input));
}

function activity<Input, Output>(name: string, handler: (work: WorkContext, input: Input) => Promise<Output>): void {
  df.app.activity(name, {
    extraInputs: [df.input.durableClient()],
    handler: async (input: Input, context: InvocationContext) => {
      const work = await workContext(context, df.getClient(context));
      return checked(name, await work.telemetry.span(name, spanOf(context), () => handler(work, input)));
    },
  });
}

/** An activity's span lies under the host's own of the invocation. */
function spanOf({ traceContext, invocationId }: InvocationContext): SpanOf {
  const { traceParent } = traceContext ?? {};
  return { attributes: { 'faas.invocation_id': invocationId }, ...(traceParent ? { traceparent: traceParent } : {}) };
}
