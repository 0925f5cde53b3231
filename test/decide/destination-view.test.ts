import { expect, test } from 'vitest';
import { ownProblem } from '../../shared/problem.ts';
import { newDestination } from '../../shared/records/destination-body.ts';
import { viewDestination } from '../../shared/work/destination-view.ts';
import { desired, identityId, principalId, storageId } from './support/samples.ts';

const warning = (code: 'RoleAssignmentMissing' | 'IdentityHasMoreRights') => ownProblem(code, storageId('st'), 'x');
const both = [warning('RoleAssignmentMissing'), warning('IdentityHasMoreRights')];
const row = { ...newDestination, identityId: identityId('ID-WEST'), principalId, warnings: both };
const codes = (body: typeof row | null, wanted = desired()) =>
  viewDestination(body, wanted).destinationWarnings.map(({ code }) => code);

test('a destination that is ready tells its principal, and no right that is missing: it has been given again', () => {
  const ready = { ...row, state: 'ready' as const };
  expect(viewDestination(ready, desired()).principalId).toBe(principalId);
  expect(codes(ready)).toEqual(['IdentityHasMoreRights']);
});

test.each(['blocked', 'suspect', 'idle'] as const)(
  'one that is %s tells what is missing, and the principal that was seen last',
  (state) => {
    const blocked = { ...row, state };
    expect(viewDestination(blocked, desired()).principalId).toBe(principalId);
    expect(codes(blocked)).toEqual(['RoleAssignmentMissing', 'IdentityHasMoreRights']);
  },
);

test('the row of another identity than the one that is wanted, and no row, say nothing', () => {
  const ready = { ...row, state: 'ready' as const };
  for (const [body, wanted] of [
    [ready, desired({ identityId: identityId('id-other') })],
    [ready, desired({ identityId: null })],
    [null, desired()],
  ] as const)
    expect(viewDestination(body, wanted)).toEqual({ principalId: null, destinationWarnings: [] });
});
