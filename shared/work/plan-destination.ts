import { classify } from '../azure/arm-error-table.ts';
import { readDestination, writeDestination } from '../inbox/destination-row.ts';
import { ownsLane } from '../inbox/owns-lane.ts';
import type { Run } from '../inbox/work-item.ts';
import { type Destination, destinationOfAccount, destinationSpec } from '../policy/destinations.ts';
import { ownProblem } from '../problem.ts';
import { type DestinationBody, destinationBody, newDestination } from '../records/destination-body.ts';
import { sameId } from '../resource-id.ts';
import type { StepAnswer, Undo } from '../steps/contract.ts';
import { roleAssignmentId } from '../steps/role-assignment-id.ts';
import { cameLate, isPublished } from './came-late.ts';
import type { DestinationPlan } from './destination-plan.ts';
import { type ObservedDestination, observeDestination } from './observe-destination.ts';
import { collectable } from './retired-identities.ts';
import type { WorkContext } from './work-context.ts';

/**
 * Looks at a destination, and writes down how to take back what this run may make, before it makes anything. What a
 * run that died had written down and not published is inherited: it was absent before us, though it may be there now.
 */
export async function planDestination(
  context: WorkContext,
  { run, account }: { run: Run; account: string },
): Promise<StepAnswer<DestinationPlan>> {
  const current = await context.policies.current();
  const destination = current ? destinationOfAccount(current.policy, account) : null;
  const row = await readDestination(context.port, account);
  const body = row ? destinationBody.parse(row.body) : newDestination;
  const base = { ...nothing, account, policyEtag: current?.etag ?? '', destination, intent: body.intent };
  const done = (rest: Partial<DestinationPlan>): StepAnswer<DestinationPlan> => ({
    status: 'done',
    did: 'unchanged',
    output: { ...base, ...rest },
  });
  if (!current || current.policy.mode === 'off' || destination?.mode === 'off') return done({ idle: 'off' });
  if (!destination) {
    if (current.policy.mode === 'audit') return done({ idle: 'off' });
    const collected = await collectable(context, body, current.policy);
    return done({ idle: 'notInPolicy', intent: [], stale: body.intent, ...collected });
  }

  const wasPublished = isPublished(body, destination);
  const observed = await observeDestination(context.clients, destination, wasPublished);
  if (!observed.ok) return classify(observed.error, destination.storageAccountId);
  const { blocks, warnings, identity, access } = observed.value;
  const [problem = null, ...others] = blocks;
  const seenPrincipalId = identity?.principalId ?? null;
  const seen = { problem, warnings: [...others, ...warnings], seenPrincipalId };
  if (destination.mode === 'audit') return done({ idle: 'audit', ...seen });

  const isLate = await cameLate(context, body, destination, observed.value);
  const undos = intentOf(body, destination, isLate ? { identity: null, access: false } : observed.value);
  // Where it can't be used nothing is made, and what was made and not published is not needed.
  const unneeded = isLate ? [...undos.stale, ...undos.intent] : body.intent;
  const { intent, stale } = problem ? { intent: [], stale: unneeded } : undos;
  if (!access && intent.length > 0) {
    if (!(await ownsLane(context.port, run))) return { status: 'stopped', because: 'fenced' };
    const { storageAccountId, identityId } = destination;
    const spec = destinationSpec(destination);
    const noted = {
      ...body,
      state: 'pending' as const,
      storageAccountId,
      identityId,
      spec,
      intent: [...stale, ...intent],
    };
    const written = await writeDestination(context.port, account, row, noted, 'noted');
    if (written === 'conflict') return retryNow(storageAccountId);
  }
  const collected = await collectable(context, body, current.policy);
  return done({
    idle: null,
    ...seen,
    principalId: access ? seenPrincipalId : null,
    intent,
    stale,
    ...collected,
  });
}

const nothing = {
  idle: null,
  problem: null,
  warnings: [],
  principalId: null,
  seenPrincipalId: null,
  intent: [],
  stale: [],
  collect: [],
  inUse: [],
} as const satisfies Partial<DestinationPlan>;

/** What would have to be taken back: what is absent now, and what a run that died had noted and is wanted still. */
function intentOf(
  body: DestinationBody,
  { storageAccountId, identityId, ours }: Destination,
  { identity, access }: Pick<ObservedDestination, 'identity' | 'access'>,
): Pick<DestinationPlan, 'intent' | 'stale'> {
  const absent = { kind: 'absent' } as const;
  const undoIdentity: Undo | null = identityId ? { step: 'ensureIdentity', resourceId: identityId, to: absent } : null;
  const undoAccess: Undo | null = identity
    ? {
        step: 'ensureRoleAssignment',
        resourceId: roleAssignmentId({ storageAccountId, principalId: identity.principalId }),
        to: absent,
      }
    : null;
  const wanted = [undoIdentity, undoAccess].filter((undo) => undo !== null);
  const inherited = body.intent.filter((undo) => wanted.some((one) => sameId(one.resourceId, undo.resourceId)));
  const lacking = identity ? (access ? null : undoAccess) : ours ? undoIdentity : null;
  const isNew = lacking !== null && !inherited.some(({ resourceId }) => sameId(resourceId, lacking.resourceId));
  return {
    intent: lacking && isNew ? [...inherited, lacking] : inherited,
    stale: body.intent.filter((undo) => !inherited.includes(undo)),
  };
}

function retryNow(resourceId: string): StepAnswer<never> {
  const message = 'The destination was changed while it was looked at; it is looked at again.';
  return {
    status: 'retry',
    pace: 'fast',
    afterSeconds: 0,
    problem: ownProblem('DestinationChanged', resourceId, message),
  };
}
