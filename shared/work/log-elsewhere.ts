import { ownProblem, type Problem } from '../problem.ts';
import type { NetworkRecord } from '../records/network-record.ts';
import { sameId } from '../resource-id.ts';
import type { Settling } from './after-a-run.ts';

/** Azure's refusal of a second flow log; by itself it passes, since the first is found at the next look. */
const refusal = 'CannotCreateMoreThanOneFlowLogPerTargetResource';

/**
 * A network that was deleted and made again in another region may have a flow log of somebody else's in the former one,
 * where no look at its own region finds it. Azure allows one, so its owner has to act. The record knows which it is; where
 * it does not, a refusal that comes again is told to the owner all the same. Pure.
 */
export function tellLogElsewhere(settling: Settling, before: NetworkRecord | null): Settling {
  const { run, item, outcome } = settling;
  if (outcome.kind !== 'failed' || outcome.problem.code !== refusal || !before) return settling;
  const formerId = formerLog(before, outcome.problem);
  if (!formerId && !cameAgain(before, run.runId)) return settling;
  const told = formerId
    ? `It still has ${formerId}, of a network of this name in another region. If nobody needs that any more, delete it: ours is made within seconds.`
    : "It has one that is not in its region's network watcher. Look for it in those of other regions; if nobody needs it any more, delete it, then request a remediation.";
  const message = `Azure allows a network one flow log, and refused ours. ${told}`;
  const problem = ownProblem('FlowLogElsewhere', formerId ?? item.networkId, message);
  return { ...settling, outcome: { ...outcome, problem } };
}

/** Whether a network waits for its owner to delete another log: an event of that is looked at though the network is parked. */
export function isLogElsewhere({ code }: Problem): boolean {
  return code === 'FlowLogElsewhere';
}

function formerLog({ flowLogId, formerFlowLogId }: NetworkRecord, { resourceId }: Problem): string | null {
  const known = flowLogId ?? formerFlowLogId;
  return known && !sameId(watcherOf(known), watcherOf(resourceId)) ? known : null;
}

function cameAgain({ problem, runId }: NetworkRecord, thisRun: string): boolean {
  return runId !== thisRun && problem !== null && (problem.code === refusal || isLogElsewhere(problem));
}

function watcherOf(flowLogId: string): string {
  return flowLogId.replace(/\/flowLogs\/[^/]+$/i, '');
}
