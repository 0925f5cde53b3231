import type { FlowLogFacts } from '../decide/facts.ts';
import type { Mode } from '../policy/document.ts';
import { ownProblem } from '../problem.ts';
import { settingsOf } from './flow-log-change.ts';
import { loggingOf, type NetworkPlan } from './plan-network.ts';

const settled = { change: null, because: null, until: null, foundAs: null, desired: null } as const;

/**
 * What is to be done about a network that is gone: delete the flow log that it left behind, if that is ours; whether Azure takes
 * it along is not documented. What it had recorded stays in the storage account either way. `mode` is the policy's: the rule
 * that the network had fallen under can't be told any more. Pure.
 */
export function planGone(mode: Mode, flowLog: FlowLogFacts | null, isOurs: boolean): NetworkPlan {
  if (!flowLog) return { ...settled, verdict: { state: 'Gone' }, flowLogId: null, logging: null };
  const message = isOurs
    ? 'The network of this flow log is gone. It records nothing any more, and is deleted.'
    : 'The network of this flow log is gone. It records nothing any more; whoever made it should delete it.';
  return {
    ...settled,
    verdict: { state: 'Orphaned', problem: ownProblem('OrphanedFlowLog', flowLog.id, message) },
    change: isOurs ? { kind: 'delete', before: settingsOf(flowLog), after: null } : null,
    because: isOurs && mode === 'audit' ? 'audit' : null,
    flowLogId: flowLog.id,
    logging: loggingOf(flowLog),
  };
}
