import type { StorageAccount } from '@azure/arm-storage';
import { classify } from '../azure/arm-error-table.ts';
import { type ArmOutcome, armFind, said } from '../azure/arm-outcome.ts';
import { storageProblem } from '../decide/storage-problem.ts';
import { readDestination, writeDestination } from '../inbox/destination-row.ts';
import { ownsLane } from '../inbox/owns-lane.ts';
import type { Run } from '../inbox/work-item.ts';
import { type Destination, destinationOfAccount, destinationSpec } from '../policy/destinations.ts';
import { ownProblem } from '../problem.ts';
import { destinationBody, newDestination } from '../records/destination-body.ts';
import { normalLocation, requireResourceId, sameId } from '../resource-id.ts';
import type { StepAnswer, Undo } from '../steps/contract.ts';
import { readIdentity } from '../steps/ensure-identity.ts';
import { hasBlobAccess } from '../steps/ensure-role-assignment.ts';
import { roleAssignmentId } from '../steps/role-assignment-id.ts';
import type { DestinationPlan } from './destination-plan.ts';
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
  const base = { account, policyEtag: current?.etag ?? '', destination };
  const done = (rest: Pick<DestinationPlan, 'idle' | 'problem' | 'intent' | 'stale'>): StepAnswer<DestinationPlan> => ({
    status: 'done',
    did: 'unchanged',
    output: { ...base, ...rest },
  });
  if (!destination && current?.policy.mode === 'enforce') {
    return done({ idle: 'notInPolicy', problem: null, intent: [], stale: body.intent });
  }
  if (destination?.mode !== 'enforce') return done({ idle: 'off', problem: null, intent: body.intent, stale: [] });

  const observed = await observe(context, destination);
  if (!observed.ok) return classify(observed.error, destination.storageAccountId);
  const { problem, absent, present } = observed.value;
  const wanted = [...absent, ...present];
  const inherited = body.intent.filter((undo) => wanted.some((id) => sameId(id.resourceId, undo.resourceId)));
  const stale = body.intent.filter((undo) => !inherited.includes(undo));
  const intent = [
    ...inherited,
    ...absent.filter((undo) => !inherited.some((one) => sameId(one.resourceId, undo.resourceId))),
  ];

  if (!problem && absent.length > 0) {
    if (!(await ownsLane(context.port, run))) return { status: 'stopped', because: 'fenced' };
    const spec = destinationSpec(destination);
    const { storageAccountId, identityId } = destination;
    const noted = {
      ...body,
      state: 'pending' as const,
      storageAccountId,
      identityId,
      spec,
      intent: [...stale, ...intent],
    };
    const written = await writeDestination(context.port, account, row, noted, 'noted');
    if (written === 'conflict') return retryNow(destination.storageAccountId);
  }
  return done({ idle: null, problem, intent, stale });
}

/** `absent` and `present`: how to take back what we would make; only what is absent now is ours to take back. */
type Observed = {
  readonly problem: DestinationPlan['problem'];
  readonly absent: readonly Undo[];
  readonly present: readonly Undo[];
};

async function observe({ clients }: WorkContext, destination: Destination): Promise<ArmOutcome<Observed>> {
  const { storageAccountId, identityId, ours } = destination;
  const account = await readStorageAccount(clients, storageAccountId);
  if (!account.ok) return account;
  const problem = storageProblem(storageAccountId, destination.location, account.value && storageFacts(account.value));
  const found = (absent: readonly Undo[], present: readonly Undo[]) => said({ problem, absent, present });
  if (problem || !identityId) return found([], []);

  const identity = await readIdentity(clients, identityId);
  if (!identity.ok) return identity;
  const undoIdentity: Undo = { step: 'ensureIdentity', resourceId: identityId, to: { kind: 'absent' } };
  if (!identity.value) return found(ours ? [undoIdentity] : [], []);

  const request = { storageAccountId, principalId: identity.value.principalId };
  const access = await hasBlobAccess(clients, request);
  if (!access.ok) return access;
  const undoAccess: Undo = {
    step: 'ensureRoleAssignment',
    resourceId: roleAssignmentId(request),
    to: { kind: 'absent' },
  };
  return access.value ? found([], [undoIdentity, undoAccess]) : found([undoAccess], [undoIdentity]);
}

function readStorageAccount(
  clients: WorkContext['clients'],
  storageAccountId: string,
): Promise<ArmOutcome<StorageAccount | null>> {
  const { subscriptionId, resourceGroup, names } = requireResourceId(storageAccountId);
  return armFind(() => clients.storage(subscriptionId).storageAccounts.getProperties(resourceGroup, names[0]));
}

function storageFacts({ location, kind, sku }: StorageAccount) {
  return {
    location: normalLocation(location ?? ''),
    kind: kind ?? '',
    tier: sku?.tier ?? (sku?.name?.startsWith('Premium') ? 'Premium' : 'Standard'),
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
