import { sameSettings } from '../plan/flow-log-change.ts';
import { networkKey } from '../records/network-record.ts';
import { sameId } from '../resource-id.ts';
import type { Undo } from '../steps/contract.ts';
import type { WorkContext } from './work-context.ts';

type Target = { readonly networkId: string; readonly flowLogId: string };

/** Writes down how to take back what is about to be written, over what a run that died had written down. */
export async function noteFlowLogIntent(
  { records }: WorkContext,
  { networkId, flowLogId }: Target,
  to: Undo['to'],
): Promise<void> {
  const key = networkKey(networkId);
  const known = await records.intents.get(...key);
  const inherited = known && sameId(known.flowLogId, flowLogId) ? inheritedUndo(known.to, to) : null;
  await records.intents.put(...key, { flowLogId, to: inherited ?? to });
}

/** How to take the write back: as it was written down, which knows more than this run's plan. */
export async function notedUndo({ records }: WorkContext, networkId: string, undo: Undo): Promise<Undo> {
  const known = await records.intents.get(...networkKey(networkId));
  return known && sameId(known.flowLogId, undo.resourceId) ? { ...undo, to: known.to } : undo;
}

/** The write has ended well, or was taken back. */
export async function forgetFlowLogIntent({ records }: WorkContext, networkId: string): Promise<void> {
  await records.intents.remove(...networkKey(networkId));
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
