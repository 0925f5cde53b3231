import type { Run } from '../inbox/work-item.ts';
import { sameSettings } from '../plan/flow-log-change.ts';
import { networkKey } from '../records/network-record.ts';
import { sameId } from '../resource-id.ts';
import type { Undo } from '../steps/contract.ts';
import { historyPartition } from './history-partition.ts';
import { planIdOf } from './plan-id.ts';
import type { WorkContext } from './work-context.ts';

type Target = { readonly run: Run; readonly networkId: string; readonly flowLogId: string };

/** Writes down how to take back what is about to be written, over what a run that died had written down. */
export async function noteFlowLogIntent(
  context: WorkContext,
  { run, networkId, flowLogId }: Target,
  to: Undo['to'],
): Promise<void> {
  const { intents } = context.records;
  const key = networkKey(networkId);
  const planId = planIdOf(run, networkId);
  const known = await intents.get(...key);
  if (known?.planId && known.planId !== planId) {
    const cameTrue = known.to === null || hasComeTrue(known.to, to);
    await tellEndOf(context, networkId, known.planId, cameTrue ? 'changed' : 'failed');
  }
  const inherited = known?.to && sameId(known.flowLogId, flowLogId) ? inheritedUndo(known.to, to) : null;
  await intents.put(...key, { flowLogId, to: inherited ?? to, planId });
}

/** The write has ended well: there is nothing to take back any more, and its end is yet to be told. */
export async function closeFlowLogIntent(
  { records }: WorkContext,
  { run, networkId, flowLogId }: Target,
): Promise<void> {
  await records.intents.put(...networkKey(networkId), { flowLogId, to: null, planId: planIdOf(run, networkId) });
}

/** How to take the write back: as it was written down, which knows more than this run's plan. */
export async function notedUndo({ records }: WorkContext, networkId: string, undo: Undo): Promise<Undo> {
  const known = await records.intents.get(...networkKey(networkId));
  return known?.to && sameId(known.flowLogId, undo.resourceId) ? { ...undo, to: known.to } : undo;
}

/** The write was taken back. */
export async function forgetFlowLogIntent({ records }: WorkContext, networkId: string): Promise<void> {
  await records.intents.remove(...networkKey(networkId));
}

/** The network is as it should be: so is what was written last, also where its run died before it could tell. */
export async function fulfilFlowLogIntent(context: WorkContext, networkId: string): Promise<void> {
  const known = await context.records.intents.get(...networkKey(networkId));
  if (!known) return;
  if (known.planId) await tellEndOf(context, networkId, known.planId, 'changed');
  await forgetFlowLogIntent(context, networkId);
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
  const others = await Promise.all(
    ['changed', 'failed'].map((one) => records.history.get(partition, `${planId}~${one}`)),
  );
  if (!intended || others.some((row) => row !== null)) return;
  const code = kind === 'failed' ? 'RunFailed' : null;
  await records.history.add(partition, `${planId}~${kind}`, { ...intended, kind, code, at: now().toISOString() });
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
