import { readDestination } from '../inbox/destination-row.ts';
import { enqueue } from '../inbox/enqueue.ts';
import { isByPerson, type Reason, type Run } from '../inbox/work-item.ts';
import { destinationSpec } from '../policy/destinations.ts';
import { destinationBody } from '../records/destination-body.ts';
import { nameOf } from '../resource-id.ts';
import type { DestinationState, RecordedPlan } from './network-item.ts';
import type { WorkContext } from './work-context.ts';

type Requirement = {
  readonly run: Run;
  readonly plan: RecordedPlan;
  readonly reason: Reason;
  readonly askedAt: string;
  readonly correlationId: string;
  readonly by?: string | undefined;
};

/**
 * Whether the network's destination is ready. If not, its lane gets an item and this subscription waits there: in the
 * inbox, not in a run. A person's request reaches a blocked destination too; everyone else waits for its next try.
 */
export async function requireDestination(
  { port, now }: WorkContext,
  { run, plan, reason, askedAt, correlationId, by }: Requirement,
): Promise<DestinationState> {
  const { desired } = plan;
  if (!desired || run.lane.kind !== 'subscription') throw new Error(`The plan ${plan.id} asks for no destination.`);
  const { storageAccountId, identityId } = desired;
  const account = nameOf(storageAccountId).toLowerCase();
  const at = now();
  const row = await readDestination(port, account);
  const body = row && destinationBody.parse(row.body);
  const same = body?.spec === destinationSpec({ storageAccountId, identityId });
  // An answer under another version of the policy is not the answer to this question: stating it anew asks again.
  const ruled = same && body?.policyEtag === plan.policyEtag;

  if (body?.state === 'ready' && same) return { kind: 'ready', principalId: body.principalId };
  if (body?.state === 'blocked' && ruled && body.problem && body.nextTry && Date.parse(body.nextTry) > at.getTime()) {
    // Once for each request: the row that is woken by the answer still carries the person's reason.
    const triedSince = body.checkedAt !== null && Date.parse(body.checkedAt) > Date.parse(askedAt);
    if (!isByPerson(reason) || triedSince) return { kind: 'blocked', problem: body.problem, until: body.nextTry };
  }
  const answers = row?.answers ?? 0;
  const request = {
    target: { kind: 'destination' as const, id: storageAccountId },
    reason,
    correlationId,
    policyEtag: plan.policyEtag,
    ...(by ? { by } : {}),
  };
  await enqueue(port, { kind: 'destination', account }, [request], at, 0, {
    subscriptionId: run.lane.subscriptionId,
    answers,
  });
  return { kind: 'waiting', account, answers };
}
