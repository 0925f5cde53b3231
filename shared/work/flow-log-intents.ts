import type { Run } from '../inbox/work-item.ts';
import { type FlowLogSettings, sameSettings } from '../plan/flow-log-change.ts';
import { networkKey } from '../records/network-record.ts';
import { sameId } from '../resource-id.ts';
import type { Undo } from '../steps/contract.ts';
import { historyPartition } from './history-partition.ts';
import { planIdOf } from './plan-id.ts';
import type { WorkContext } from './work-context.ts';

type Target = {
  readonly run: Run;
  readonly networkId: string;
  readonly flowLogId: string;
  /** What is written; null where it is taken back. */
  readonly settings: FlowLogSettings | null;
};

/** Writes down how to take back what is about to be written, over what a run that died had written down. */
export async function noteFlowLogIntent(
  context: WorkContext,
  { run, networkId, flowLogId, settings }: Target,
  to: Undo['to'],
): Promise<void> {
  const { intents } = context.records;
  const key = networkKey(networkId);
  const planId = planIdOf(run, networkId);
  const known = await intents.get(...key);
  if (known?.planId && known.planId !== planId) {
    const cameTrue = known.to ? hasComeTrue(known.to, to) : known.ended === 'written';
    await tellEndOf(context, networkId, known.planId, cameTrue ? 'changed' : 'failed');
  }
  const inherited = known?.to && sameId(known.flowLogId, flowLogId) ? inheritedUndo(known.to, to) : null;
  await intents.put(...key, { flowLogId, to: inherited ?? to, ended: null, settings, planId });
}

/**
 * The write has ended, or was taken back: there is nothing to take back any more, and its end is yet to be told. What a
 * later run has written down meanwhile stays: this one may have lost its lane while Azure was at work.
 */
export async function closeFlowLogIntent(
  { records }: WorkContext,
  { run, networkId, flowLogId, settings }: Target,
  ended: 'written' | 'undone',
): Promise<void> {
  const planId = planIdOf(run, networkId);
  const [partitionKey, rowKey] = networkKey(networkId);
  const before = await records.intents.get(partitionKey, rowKey);
  if (before?.planId && before.planId !== planId) return;
  const item = { flowLogId, to: null, ended, settings, planId };
  await records.intents.replaceAll(partitionKey, [{ rowKey, before, item }]);
}

/** Whether these settings are what a run of ours has written that died before it could say so: nobody else has set them. */
export async function wroteThese(
  { records }: WorkContext,
  networkId: string,
  settings: FlowLogSettings,
): Promise<boolean> {
  const known = await records.intents.get(...networkKey(networkId));
  return known?.settings ? sameSettings(known.settings, settings) : false;
}

/** How to take the write back: as it was written down, which knows more than this run's plan. */
export async function notedUndo({ records }: WorkContext, networkId: string, undo: Undo): Promise<Undo> {
  const known = await records.intents.get(...networkKey(networkId));
  return known?.to && sameId(known.flowLogId, undo.resourceId) ? { ...undo, to: known.to } : undo;
}

/**
 * The network is as it should be: so is what was written last, also where its run died before it could tell. `told`: the
 * plan whose end this run has told itself.
 */
export async function fulfilFlowLogIntent(context: WorkContext, networkId: string, told: string | null): Promise<void> {
  const { intents } = context.records;
  const known = await intents.get(...networkKey(networkId));
  if (!known) return;
  if (known.planId && known.planId !== told)
    await tellEndOf(context, networkId, known.planId, known.ended === 'undone' ? 'failed' : 'changed');
  await intents.remove(...networkKey(networkId));
}

/** Tells how a change ended whose own run did not. Where that did, its row stands. */
async function tellEndOf(
  { records, now }: WorkContext,
  networkId: string,
  planId: string,
  kind: 'changed' | 'failed',
): Promise<void> {
  const partition = historyPartition(networkId);
  const intended = await records.history.get(partition, `${planId}~intended`);
  if (!intended) return;
  const code = kind === 'failed' ? 'RunFailed' : null;
  await records.history.add(partition, `${planId}~ended`, { ...intended, kind, code, at: now().toISOString() });
}

/**
 * What the next run takes over: a log that was absent before us is still ours to remove, and former settings return
 * unless somebody else has changed them since. Null: what it sees now is what it found. Pure.
 */
export function inheritedUndo(known: Undo['to'], found: Undo['to']): Undo['to'] | null {
  if (found.kind === 'absent') return null;
  if (known.kind === 'absent') return known;
  return sameSettings(found.before, known.ifStill) ? { ...found, before: known.before } : null;
}

/** Whether what is found now is what was to be written then. Pure. */
function hasComeTrue(known: Undo['to'], found: Undo['to']): boolean {
  if (found.kind === 'absent') return false;
  return known.kind === 'absent' || sameSettings(found.before, known.ifStill);
}
