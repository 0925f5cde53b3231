import type { OrchestrationContext } from 'durable-functions';
import { describe, expect, test } from 'vitest';
import { newSaga } from '../../orchestrations/saga.ts';
import type { StepAnswer, Undo } from '../../shared/steps/contract.ts';
import { identityId, principalId, storageId } from '../decide/support/samples.ts';
import { type Call, play } from './support/play.ts';
import { answers, done, fatal, fenced, run } from './support/samples.ts';

const common = { run, policyEtag: '"e1"', about: 'stlogswest', correlationId: 'c-1' };
const identity: Undo = { step: 'ensureIdentity', resourceId: identityId('id-west'), to: { kind: 'absent' } };
const access: Undo = { step: 'ensureRoleAssignment', resourceId: 'assignment', to: { kind: 'absent' } };
const former: Undo = { step: 'ensureIdentity', resourceId: identityId('id-former'), to: { kind: 'absent' } };

/** Identity, then access, then everything back. */
function* makeAndUndo(ctx: OrchestrationContext, inherited: readonly Undo[], undos: { access: Undo | null }) {
  const saga = newSaga(ctx, common, inherited);
  const { resourceId } = identity;
  yield* saga.step(
    'ensureIdentity',
    resourceId,
    { identityId: resourceId, location: 'westeurope', ours: true },
    identity,
  );
  const request = { storageAccountId: storageId('stlogswest'), principalId };
  yield* saga.step('ensureRoleAssignment', 'assignment', request, undos.access);
  return yield* saga.undo();
}

type Options = {
  readonly inherited?: readonly Undo[];
  readonly access?: Undo | null;
  readonly identity?: StepAnswer<unknown>;
  readonly undo?: (call: number) => StepAnswer<null>;
};

function playSaga(options: Options = {}) {
  return play(
    (ctx) =>
      makeAndUndo(ctx, options.inherited ?? [], { access: options.access === undefined ? access : options.access }),
    {
      activities: {
        ensureIdentity: answers('ensureIdentity', () => options.identity ?? done({ principalId })),
        ensureRoleAssignment: answers('ensureRoleAssignment', () => done({ roleAssignmentId: 'assignment' })),
        undoStep: answers('undoStep', options.undo ?? (() => done(null, 'deleted'))),
      },
    },
  );
}

const undone = (calls: readonly Call[]) =>
  calls.filter(({ name }) => name === 'undoStep').map(({ input }) => (input as { undo: Undo }).undo);

test('steps are taken back newest first, in the name of the run and the policy that made them', () => {
  const { result, calls } = playSaga();
  expect(result).toEqual([]);
  expect(undone(calls)).toEqual([access, identity]);
  expect(calls.at(-1)?.input).toEqual({ ...common, undo: identity, resourceId: identity.resourceId });
});

test('what an earlier run may have made is taken back last', () => {
  expect(undone(playSaga({ inherited: [former] }).calls)).toEqual([access, identity, former]);
});

test('a step whose undo was inherited is taken back once', () => {
  const inherited = [{ ...identity, resourceId: identity.resourceId.toUpperCase() }];
  expect(undone(playSaga({ inherited }).calls)).toEqual([access, ...inherited]);
});

test('a step without an undo is left as it is', () => {
  expect(undone(playSaga({ access: null }).calls)).toEqual([identity]);
});

test('a step that failed is taken back too: a lost answer may have happened', () => {
  expect(undone(playSaga({ identity: fatal('AuthorizationFailed') }).calls)).toEqual([access, identity]);
});

describe('the first that can not be taken back ends it: the older ones are what it rests on', () => {
  test.each([
    { what: 'a refusal', answer: fatal('ScopeLocked') },
    { what: 'the fence', answer: fenced },
  ])('$what', ({ answer }) => {
    const { result, calls } = playSaga({ inherited: [former], undo: (call) => (call === 2 ? answer : done(null)) });
    expect(undone(calls)).toEqual([access, identity]);
    expect(result).toEqual([former, identity]);
  });
});
