import { v5 as uuidv5 } from 'uuid';
import type { ArmWrite } from '../azure/arm-clients.ts';
import type { Run } from '../inbox/work-item.ts';
import type { HistoryRecord } from '../records/stories.ts';
import type { StepAnswer, StepKind, Undo } from '../steps/contract.ts';
import { newNetworkWatcherId } from '../steps/ensure-network-watcher.ts';
import type { WorkContext } from './work-context.ts';

/** A step that makes or removes what flow logs need. */
export type Making = {
  readonly run: Run;
  readonly resourceId: string;
  readonly correlationId: string;
  /** The object id of who it is made for, where that is known. */
  readonly by?: string | undefined;
  readonly undo?: Undo;
};

/**
 * Identities, role assignments and network watchers are changes too, and an auditor asks for them. To be called before
 * the request. A flow log's own change is announced by its plan.
 */
export async function announceMade({ records, now }: WorkContext, name: StepKind, making: Making): Promise<void> {
  if (!isMade(name, making)) return;
  await records.history.add(...keyOf(name, making, 'intended'), rowOf(name, making, 'intended', now()));
}

/**
 * How that ended. What is there although this run has not seen it being made was made by a request whose answer was lost.
 * Repeatable: a change has one end.
 */
export async function concludeMade(
  { records, now }: WorkContext,
  name: StepKind,
  making: Making,
  answer: StepAnswer<unknown>,
  writes: readonly ArmWrite[],
): Promise<void> {
  if (!isMade(name, making) || (answer.status !== 'done' && answer.status !== 'fatal')) return;
  if ((await records.history.get(...keyOf(name, making, 'intended'))) === null) return;
  const kind = answer.status === 'done' ? 'changed' : 'failed';
  await records.history.add(...keyOf(name, making, 'ended'), {
    ...rowOf(name, making, kind, now()),
    code: answer.status === 'fatal' ? answer.problem.code : null,
    writes: [...writes],
  });
}

function isMade(name: StepKind, { undo }: Making): boolean {
  if (name === 'undoStep') return undo?.step !== 'ensureFlowLog';
  return name === 'ensureIdentity' || name === 'ensureRoleAssignment' || name === 'ensureNetworkWatcher';
}

/** A watcher's step is about its region: the name is ours to give. */
function madeId(name: StepKind, { resourceId }: Making): string {
  if (name !== 'ensureNetworkWatcher') return resourceId;
  const [subscriptionId = '', location = ''] = resourceId.split('/');
  return newNetworkWatcherId(subscriptionId, location);
}

function planIdOf(name: StepKind, { run, resourceId }: Making): string {
  return uuidv5(`${run.runId}|${name}|${resourceId}`.toLowerCase(), uuidv5.URL);
}

function keyOf(name: StepKind, making: Making, row: 'intended' | 'ended'): [partitionKey: string, rowKey: string] {
  const { lane } = making.run;
  // Lanes of networks in one region, side by side, make the same watcher: that is one change.
  const partition = lane.kind === 'destination' ? `destination|${lane.account}` : `subscription|${lane.subscriptionId}`;
  return [partition, `${planIdOf(name, making)}~${row}`];
}

function rowOf(name: StepKind, making: Making, kind: HistoryRecord['kind'], at: Date): HistoryRecord {
  const { run, correlationId, by = null, undo } = making;
  const id = madeId(name, making);
  const did = undo ? 'deleted' : 'created';
  return {
    kind,
    resourceId: id,
    run: run.runId,
    planId: planIdOf(name, making),
    at: at.toISOString(),
    reason: `${undo?.step ?? name} ${did}`,
    by,
    correlationId,
    policyHash: '',
    before: undo ? { id } : null,
    after: undo ? null : { id },
    code: null,
    writes: [],
  };
}
