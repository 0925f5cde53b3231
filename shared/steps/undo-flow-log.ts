import { classify } from '../azure/arm-error-table.ts';
import { flowLogFacts } from '../azure/network-facts.ts';
import { readFlowLog } from '../azure/network-reads.ts';
import { sameSettings, settingsOf } from '../plan/flow-log-change.ts';
import type { StepAnswer, Undo } from './contract.ts';
import { beginDelete, pollDelete } from './delete-flow-log.ts';
import { ensureFlowLog } from './ensure-flow-log.ts';
import type { StepContext } from './step-context.ts';

/**
 * Takes back a flow log's failed write, and only what does harm: former settings return where the log still has ours,
 * and a log that we made goes where Azure left it failed. A log that records is kept: a security tool does not answer
 * a timeout by switching logging off.
 */
export async function undoFlowLog(context: StepContext, undo: Undo, resume?: string): Promise<StepAnswer<null>> {
  if (resume)
    return undo.to.kind === 'absent' ? pollDelete(context, undo.resourceId, resume) : putBack(context, undo, resume);

  const read = await readFlowLog(context.clients, undo.resourceId);
  if (!read.ok) return classify(read.error, undo.resourceId);
  const facts = read.value && flowLogFacts(read.value);
  if (!facts) return unchanged;
  if (!['Failed', 'Canceled'].includes(facts.provisioningState)) return unchanged;
  if (undo.to.kind === 'absent') return context.isOurs(facts.tags) ? beginDelete(context, undo.resourceId) : unchanged;
  return sameSettings(settingsOf(facts), undo.to.ifStill) ? putBack(context, undo, undefined) : unchanged;
}

const unchanged = { status: 'done', did: 'unchanged', output: null } as const;

async function putBack(
  context: StepContext,
  { resourceId, to }: Undo,
  resume: string | undefined,
): Promise<StepAnswer<null>> {
  if (to.kind !== 'settings') return unchanged;
  const current = await readFlowLog(context.clients, resourceId);
  if (!current.ok) return classify(current.error, resourceId);
  if (!current.value) return unchanged;
  const request = {
    flowLogId: resourceId,
    location: current.value.location ?? '',
    targetResourceId: current.value.targetResourceId ?? '',
    settings: to.before,
    ...(resume ? { resume } : {}),
  };
  const answer = await ensureFlowLog(context, request);
  return answer.status === 'done' ? { ...answer, output: null } : answer;
}
