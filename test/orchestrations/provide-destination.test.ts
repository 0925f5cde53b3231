import { describe, expect, test } from 'vitest';
import { provideDestination } from '../../orchestrations/provide-destination.ts';
import type { StepAnswer, Undo } from '../../shared/steps/contract.ts';
import { roleAssignmentId } from '../../shared/steps/role-assignment-id.ts';
import type { DestinationPlan } from '../../shared/work/destination-plan.ts';
import { identityId, principalId, storageId } from '../decide/support/samples.ts';
import { type Call, play } from './support/play.ts';
import {
  answers,
  destinationPlan,
  destinationRun,
  done,
  fatal,
  fenced,
  problem,
  undoIdentity,
  workItem,
} from './support/samples.ts';

const access = roleAssignmentId({ storageAccountId: storageId('stlogswest'), principalId });
const undoAccess: Undo = { step: 'ensureRoleAssignment', resourceId: access, to: { kind: 'absent' } };
const stale: Undo = { step: 'ensureIdentity', resourceId: identityId('id-former'), to: { kind: 'absent' } };

type Options = {
  readonly plan?: DestinationPlan | StepAnswer<DestinationPlan>;
  readonly identity?: StepAnswer<unknown>;
  readonly access?: StepAnswer<unknown>;
  readonly undo?: (call: number) => StepAnswer<null>;
};

const items = [workItem(storageId('stlogswest'))];

function provide(options: Options = {}) {
  const planned = options.plan ?? destinationPlan();
  return play(provideDestination, {
    input: destinationRun,
    activities: {
      takeBatch: () => ({ kind: 'batch', items }),
      planDestination: answers('planDestination', () => ('status' in planned ? planned : done(planned, 'unchanged'))),
      ensureIdentity: answers('ensureIdentity', () => options.identity ?? done({ principalId })),
      ensureRoleAssignment: answers('ensureRoleAssignment', () => options.access ?? done({ roleAssignmentId: access })),
      undoStep: answers('undoStep', options.undo ?? (() => done(null, 'deleted'))),
      settleDestination: () => null,
      closeRun: () => ({ kind: 'closed', next: null }),
    },
  });
}

const undone = (calls: readonly Call[]) =>
  calls.filter(({ name }) => name === 'undoStep').map(({ input }) => (input as { undo: Undo }).undo);
const settled = (calls: readonly Call[]) => calls.find(({ name }) => name === 'settleDestination')?.input;

test('identity, then access, then published as ready with the principal, then closed', () => {
  const { names, calls } = provide();
  expect(names).toEqual([
    'takeBatch',
    'planDestination',
    'ensureIdentity',
    'ensureRoleAssignment',
    'settleDestination',
    'closeRun',
  ]);
  expect(settled(calls)).toMatchObject({
    items,
    plan: destinationPlan(),
    outcome: { kind: 'ready', principalId },
    leftovers: [],
  });
});

test('an identity that the plan found is not made where it is gone by now: the destination is planned anew', () => {
  const plan = destinationPlan({ intent: [undoAccess] });
  const { calls } = provide({ plan, identity: { status: 'stopped', because: 'planOutdated' } });
  expect(undone(calls)).toEqual([]);
  expect(settled(calls)).toMatchObject({ outcome: { kind: 'stopped', because: 'planOutdated' } });
});

test('a destination without identity is ready as it is', () => {
  const planned = destinationPlan();
  const destination = planned.destination && { ...planned.destination, identityId: null };
  const { names, calls } = provide({ plan: { ...planned, destination, intent: [] } });
  expect(names).not.toContain('ensureIdentity');
  expect(settled(calls)).toMatchObject({ outcome: { kind: 'ready', principalId: null } });
});

describe('what was made and fails for good is taken back, newest first, and published as blocked', () => {
  test.each([
    { what: 'at the identity', options: { identity: fatal('AuthorizationFailed') }, undos: [undoIdentity] },
    { what: 'at the access', options: { access: fatal('AuthorizationFailed') }, undos: [undoAccess, undoIdentity] },
  ])('$what', ({ options, undos }) => {
    const { calls, names } = provide(options);
    expect(undone(calls)).toEqual(undos);
    expect(names.slice(-2)).toEqual(['settleDestination', 'closeRun']);
    expect(settled(calls)).toMatchObject({
      outcome: { kind: 'failed', problem: { code: 'AuthorizationFailed' } },
      leftovers: [],
    });
  });

  test('also where the identity that this lane noted is spelt in another case', () => {
    const noted = { ...undoIdentity, resourceId: undoIdentity.resourceId.toUpperCase() };
    const { calls } = provide({ plan: destinationPlan({ intent: [noted] }), access: fatal('ScopeLocked') });
    expect(undone(calls)).toEqual([undoAccess, noted]);
  });

  test('only the access, where the identity was there before us', () => {
    const { calls } = provide({ plan: destinationPlan({ intent: [undoAccess] }), access: fatal('ScopeLocked') });
    expect(undone(calls)).toEqual([undoAccess]);
  });

  test('nothing, where both were there before us', () => {
    const { calls } = provide({ plan: destinationPlan({ intent: [] }), access: fatal('ScopeLocked') });
    expect(undone(calls)).toEqual([]);
  });

  test('where the access can not be removed the identity stays, and both are left over', () => {
    const { calls } = provide({ access: fatal('InternalServerError'), undo: () => fatal('ScopeLocked') });
    expect(undone(calls)).toEqual([undoAccess]);
    expect(settled(calls)).toMatchObject({ leftovers: [undoIdentity, undoAccess] });
  });
});

test('a storage account that can not be used stops before the first write, and what an earlier run made is taken back', () => {
  const plan = destinationPlan({ problem: problem('StorageAccountNotFound', 'operator') });
  const { names, calls } = provide({ plan });
  expect(names).not.toContain('ensureIdentity');
  expect(undone(calls)).toEqual([undoIdentity]);
  expect(settled(calls)).toMatchObject({ outcome: { kind: 'failed', problem: { code: 'StorageAccountNotFound' } } });
});

test('what was made for a policy of the past goes first; where it can not, it is left over and the rest goes on', () => {
  const { names, calls } = provide({ plan: destinationPlan({ stale: [stale] }), undo: () => fatal('ScopeLocked') });
  expect(names.slice(2, 4)).toEqual(['undoStep', 'ensureIdentity']);
  expect(settled(calls)).toMatchObject({ outcome: { kind: 'ready' }, leftovers: [stale] });
});

test.each(['off', 'notInPolicy'] as const)('with nothing to provide (%s) nothing is written or undone', (idle) => {
  const { names, calls } = provide({ plan: destinationPlan({ idle }) });
  expect(names).toEqual(['takeBatch', 'planDestination', 'settleDestination', 'closeRun']);
  expect(settled(calls)).toMatchObject({ outcome: { kind: 'idle' }, leftovers: [undoIdentity] });
});

test('what was made for a policy of the past goes also where nothing is to be provided any more', () => {
  const { calls } = provide({ plan: destinationPlan({ idle: 'notInPolicy', stale: [stale], intent: [] }) });
  expect(undone(calls)).toEqual([stale]);
  expect(settled(calls)).toMatchObject({ outcome: { kind: 'idle' }, leftovers: [] });

  const refused = provide({ plan: destinationPlan({ idle: 'off', stale: [stale] }), undo: () => fatal('ScopeLocked') });
  expect(settled(refused.calls)).toMatchObject({ leftovers: [stale, undoIdentity] });
});

test('a destination that could not be looked at is settled without a plan, so that its intent stays', () => {
  const { names, calls } = provide({ plan: fatal('AuthorizationFailed') });
  expect(names).toEqual(['takeBatch', 'planDestination', 'settleDestination', 'closeRun']);
  expect(settled(calls)).toMatchObject({ plan: null, outcome: { kind: 'failed' }, leftovers: [] });
});

test('a run that was stopped takes nothing back: whoever owns the lane now inherits the intent', () => {
  const { names, calls } = provide({ access: fenced });
  expect(names).not.toContain('undoStep');
  expect(settled(calls)).toMatchObject({ outcome: { kind: 'stopped', because: 'fenced' }, leftovers: [undoIdentity] });
});
