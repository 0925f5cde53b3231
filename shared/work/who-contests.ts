import { flowLogAssignments } from '../azure/policy-assignments.ts';
import type { FlowLogFacts } from '../decide/facts.ts';
import { deploymentTag } from '../our-tags.ts';
import { ownProblem, type Problem } from '../problem.ts';
import { requireResourceId } from '../resource-id.ts';
import type { WorkContext } from './work-context.ts';

type Witness = Pick<WorkContext, 'clients' | 'isOurs' | 'log'>;

export type Contest = {
  readonly networkId: string;
  /** Null where somebody has deleted it. */
  readonly flowLog: FlowLogFacts | null;
  readonly fields: readonly string[];
  /** How often each was put right. */
  readonly times: number;
  /** Object id of who changed the flow log last, where an event told it. */
  readonly actorId: string | null;
};

/** Says over which fields of a network's flow log somebody fights with us, and who that is as far as it can be found out. One request. */
export async function whoContests(context: Witness, contest: Contest): Promise<Problem> {
  const { networkId, flowLog } = contest;
  const rivals = await rivalsOf(context, contest);
  const suspects =
    rivals.length > 0 ? `It may be ${rivals.join(', or ')}.` : 'The activity log of the flow log has who.';
  return ownProblem(
    'Contested',
    flowLog?.id ?? networkId,
    `${whatHappens(contest)} ${suspects} Nothing is written any more. Settle who sets it, then request a remediation.`,
  );
}

function whatHappens({ networkId, flowLog, fields, times }: Contest): string {
  return flowLog
    ? `The flow log of ${networkId} was put right ${times} times within 24 hours, and somebody else changed ${fields.join(', ')} again.`
    : `The flow log of ${networkId} was made again ${times} times within 24 hours, and somebody else has deleted it again.`;
}

async function rivalsOf(context: Witness, { networkId, flowLog, actorId }: Contest): Promise<readonly string[]> {
  const assignments = await flowLogAssignments(context.clients, requireResourceId(networkId).subscriptionId);
  if (!assignments.ok) context.log.warn({ networkId, code: assignments.error.code }, 'policy assignments not read');
  const deployment = flowLog?.tags[deploymentTag];
  return [
    ...(assignments.ok ? assignments.value : []).map(({ id, name }) => `the Azure Policy assignment "${name}" (${id})`),
    ...(flowLog && deployment && !context.isOurs(flowLog.tags)
      ? [`another Flowkeeper, the deployment "${deployment}"`]
      : []),
    ...(actorId ? [`the principal ${actorId}, who wrote it last`] : []),
  ];
}
