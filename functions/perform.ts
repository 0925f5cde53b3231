import type { BookName, Books, StepInput, StepName, Steps } from '../orchestrations/contracts.ts';
import { type ArmWrite, withCorrelation } from '../shared/azure/arm-clients.ts';
import { closeRun } from '../shared/inbox/close-run.ts';
import { ownsLane } from '../shared/inbox/owns-lane.ts';
import { laneId, type Run } from '../shared/inbox/work-item.ts';
import { deploymentTag, runTag } from '../shared/our-tags.ts';
import { collectFlowLog } from '../shared/steps/collect-flow-log.ts';
import type { StepAnswer, StepResult } from '../shared/steps/contract.ts';
import { ensureFlowLog } from '../shared/steps/ensure-flow-log.ts';
import { ensureIdentity, undoIdentity } from '../shared/steps/ensure-identity.ts';
import { ensureNetworkWatcher } from '../shared/steps/ensure-network-watcher.ts';
import { ensureRoleAssignment, undoRoleAssignment } from '../shared/steps/ensure-role-assignment.ts';
import { lookTwice } from '../shared/steps/look-twice.ts';
import { roleAssignmentId } from '../shared/steps/role-assignment-id.ts';
import type { StepContext } from '../shared/steps/step-context.ts';
import { undoFlowLog } from '../shared/steps/undo-flow-log.ts';
import { verifyFlowLog } from '../shared/steps/verify-flow-log.ts';
import { admitChange } from '../shared/work/admit-change.ts';
import { fence } from '../shared/work/fence.ts';
import { finishSelection } from '../shared/work/finish-selection.ts';
import { closeFlowLogIntent, notedUndo, noteFlowLogIntent } from '../shared/work/flow-log-intents.ts';
import { locate } from '../shared/work/locate.ts';
import { isIntended, noteIntent } from '../shared/work/note-intent.ts';
import { parkItems } from '../shared/work/park-items.ts';
import { planDestination } from '../shared/work/plan-destination.ts';
import { planNetworkItem } from '../shared/work/plan-network-item.ts';
import { proveDelivery } from '../shared/work/prove-delivery.ts';
import { requireDestination } from '../shared/work/require-destination.ts';
import { selectPage } from '../shared/work/select-page.ts';
import { settleDestination } from '../shared/work/settle-destination.ts';
import { settleNetwork } from '../shared/work/settle-network.ts';
import { takeBatchTold } from '../shared/work/take-batch-told.ts';
import { announceMade, concludeMade } from '../shared/work/tell-made.ts';
import { tellStep } from '../shared/work/tell-step.ts';
import type { WorkContext } from '../shared/work/work-context.ts';

/** A step's input as its activity gets it. */
export type ActivityInput<Name extends StepName> = StepInput<Steps[Name]['request']> & { readonly resume?: string };

/** Steps: they talk to ARM, and answer what came of it. */
export const steps: {
  readonly [Name in StepName]: (
    work: WorkContext,
    step: StepContext,
    input: ActivityInput<Name>,
  ) => Promise<StepAnswer<Steps[Name]['output']>>;
} = {
  locate: (work, _, input) => locate(work, input),
  planNetwork: (work, _, input) => planNetworkItem(work, input),
  planDestination: (work, _, input) => planDestination(work, input),
  ensureNetworkWatcher: (_, step, input) => ensureNetworkWatcher(step, input),
  ensureFlowLog: async (work, step, input) => {
    const { run, about: networkId, flowLogId, settings, undoTo, resume } = input;
    const target = { run, networkId, flowLogId, settings };
    // What a later run has written down is not gone over by one that has lost its lane.
    if (!resume && !(await ownsLane(work.port, run))) return { status: 'stopped', because: 'fenced' };
    if (!resume) await noteFlowLogIntent(work, target, undoTo);
    const answer = await ensureFlowLog(step, input);
    if (answer.status === 'done') await closeFlowLogIntent(work, target, 'written');
    return answer;
  },
  verifyFlowLog: (_, step, input) => verifyFlowLog(step, input),
  collectFlowLog: (_, step, input) => collectFlowLog(step, input),
  ensureIdentity: (work, step, input) => ensureIdentity(intendedOnly(work, step, input.run, input.identityId), input),
  ensureRoleAssignment: async (work, step, input) => {
    const resourceId = roleAssignmentId(input);
    await noteIntent(work, input.run, { step: 'ensureRoleAssignment', resourceId, to: { kind: 'absent' } });
    return ensureRoleAssignment(intendedOnly(work, step, input.run, resourceId), input);
  },
  undoStep: (work, step, input) => undos[input.undo.step](work, step, input),
};

/** A step whose write stops where how to take it back is not written down. */
function intendedOnly(work: WorkContext, step: StepContext, run: Run, resourceId: string): StepContext {
  return { ...step, guard: async () => ((await isIntended(work, run, resourceId)) ? step.guard() : 'planOutdated') };
}

const undos = {
  async ensureFlowLog(work: WorkContext, step: StepContext, { run, about, undo, resume }: ActivityInput<'undoStep'>) {
    const answer = await undoFlowLog(step, await notedUndo(work, about, undo), resume);
    const target = { run, networkId: about, flowLogId: undo.resourceId, settings: null };
    if (answer.status === 'done') await closeFlowLogIntent(work, target, 'undone');
    return answer;
  },
  ensureIdentity: (_: WorkContext, step: StepContext, input: ActivityInput<'undoStep'>) =>
    lookTwice(() => undoIdentity(step, input.undo), input.resume),
  ensureRoleAssignment: (_: WorkContext, step: StepContext, input: ActivityInput<'undoStep'>) =>
    lookTwice(() => undoRoleAssignment(step, input.undo), input.resume),
};

/** Books: our own tables. They succeed or throw. */
export const books: {
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

/** Does a step: the fence is asked before each of its writes, and what came of it is told. */
export async function performStep<Name extends StepName>(
  work: WorkContext,
  deployment: string,
  name: Name,
  input: ActivityInput<Name>,
): Promise<StepResult<Steps[Name]['output']>> {
  const { run, resourceId, correlationId } = input;
  const step: StepContext = {
    clients: work.clients,
    guard: async () => {
      await announceMade(work, name, input);
      return fence(work, run, input.policyEtag);
    },
    tags: { [deploymentTag]: deployment, [runTag]: run.runId },
    isOurs: work.isOurs,
  };
  const writes: ArmWrite[] = [];
  const answer = await withCorrelation(
    correlationId,
    () => steps[name](work, step, input),
    (write) => writes.push(write),
  );
  await concludeMade(work, name, input, answer, writes);
  await tellStep(work, name, input, answer, writes);
  return { ...answer, step: name, resourceId };
}
