import { describe, expect, test } from 'vitest';
import type { Destination } from '../../shared/policy/destinations.ts';
import { type DestinationBody, newDestination } from '../../shared/records/destination-body.ts';
import type { Undo } from '../../shared/steps/contract.ts';
import { roleAssignmentId } from '../../shared/steps/role-assignment-id.ts';
import { needsLook } from '../../shared/work/check-destinations.ts';
import { destinationAfter } from '../../shared/work/destination-after.ts';
import { undosOf } from '../../shared/work/retired-identities.ts';
import { identityId, principalId, storageId } from '../decide/support/samples.ts';
import { destinationPlan, problem } from '../orchestrations/support/samples.ts';

const now = new Date('2026-11-25T12:00:00.000Z');
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();
const storageAccountId = storageId('stlogswest');
const published = { identityId: identityId('id-west'), principalId, ours: true };
const grantOf = (principal: string) => roleAssignmentId({ storageAccountId, principalId: principal });
const ready: DestinationBody = {
  ...newDestination,
  state: 'ready',
  storageAccountId,
  identityId: published.identityId,
  principalId,
  checkedAt: hoursAgo(0.5),
  published,
};
const retired = { identityId: published.identityId, roleAssignmentId: grantOf(principalId), since: hoursAgo(25) };

const wanted = (changes: object = {}) => ({ ...destinationPlan().destination, ...changes }) as Destination;

/** What is known after a run that ended so, from what was known before it. */
function ended(
  before: DestinationBody,
  plan: Parameters<typeof destinationPlan>[0],
  outcome: Parameters<typeof destinationAfter>[0]['outcome'],
  leftovers: readonly Undo[] = [],
) {
  const made = destinationPlan({ intent: [], ...plan });
  return destinationAfter({ plan: made, outcome, leftovers }, made, before, now);
}

describe('an identity of ours that was published and is not wanted any more is retired', () => {
  test('where the policy names another identity', () => {
    const plan = { destination: wanted({ identityId: identityId('id-other') }) };
    const body = ended(ready, plan, { kind: 'ready', principalId: 'p2' });
    expect(body.retired).toEqual([{ ...retired, since: now.toISOString() }]);
    expect(body.published).toEqual({ identityId: identityId('id-other'), principalId: 'p2', ours: true });
  });

  test('where the policy does not name the account any more', () => {
    const body = ended(ready, { destination: null, idle: 'notInPolicy' }, { kind: 'idle' });
    expect(body).toMatchObject({ state: 'idle', published: null, retired: [{ identityId: published.identityId }] });
  });

  test('where logs are to have no identity', () => {
    const body = ended(ready, { destination: wanted({ identityId: null }) }, { kind: 'ready', principalId: null });
    expect(body).toMatchObject({ published: null, retired: [{ identityId: published.identityId }] });
  });

  test('of one that was made anew only the grant of the former principal is', () => {
    const body = ended(ready, {}, { kind: 'ready', principalId: 'p2' });
    expect(body.retired).toEqual([
      { identityId: null, roleAssignmentId: grantOf(principalId), since: now.toISOString() },
    ]);
    expect(body.rebind).toBe(true);
  });

  test.each<[string, DestinationBody, Parameters<typeof destinationAfter>[0]['outcome']]>([
    ['it is still wanted', ready, { kind: 'ready', principalId }],
    ['it was given', { ...ready, published: { ...published, ours: false } }, { kind: 'ready', principalId: 'p2' }],
    ['the destination is blocked for now', ready, { kind: 'failed', problem: problem('ScopeLocked', 'owner') }],
  ])('but not where %s', (_, before, outcome) => {
    expect(ended(before, {}, outcome).retired).toEqual([]);
  });

  test('but not where it is only audited or off', () => {
    for (const idle of ['audit', 'off'] as const) {
      const body = ended(ready, { idle }, { kind: 'idle' });
      expect(body).toMatchObject({ published, retired: [] });
    }
  });
});

describe('an identity that was made anew', () => {
  const again = { seenPrincipalId: 'p2' };

  test('is told while the destination is only audited, or blocked', () => {
    expect(ended(ready, { idle: 'audit', ...again }, { kind: 'idle' })).toMatchObject({ principalId: 'p2', published });
    const blocked = { kind: 'failed' as const, problem: problem('ScopeLocked', 'owner') };
    expect(ended(ready, again, blocked)).toMatchObject({ principalId: 'p2', published });
  });

  test('stays what was seen last while nobody looks', () => {
    for (const idle of ['off', 'notInPolicy'] as const)
      expect(ended(ready, { idle }, { kind: 'idle' })).toMatchObject({ principalId });
  });

  test('has its logs bound again as soon as it may be used', () => {
    const seen = ended(ready, { idle: 'audit', ...again }, { kind: 'idle' });
    expect(ended(seen, again, { kind: 'ready', principalId: 'p2' })).toMatchObject({ rebind: true, principalId: 'p2' });
  });
});

describe('what is retired', () => {
  const idle = { ...ready, published: null, retired: [retired] };
  const notInPolicy = { destination: null, idle: 'notInPolicy' as const };
  const collect = undosOf(retired);

  test('is known no more when all of it was removed', () => {
    expect(ended(idle, { ...notInPolicy, collect }, { kind: 'idle' })).toMatchObject({ retired: [], intent: [] });
  });

  test('stays known where not all of it could be, and is no intent: only Azure says if it may go', () => {
    const body = ended(idle, { ...notInPolicy, collect }, { kind: 'idle' }, [...collect]);
    expect(body).toMatchObject({ retired: [retired], intent: [] });
  });

  test('begins its day anew while it is used', () => {
    const body = ended(idle, { ...notInPolicy, inUse: [retired.identityId.toUpperCase()] }, { kind: 'idle' });
    expect(body.retired).toEqual([{ ...retired, since: now.toISOString() }]);
  });

  test('is retired no more when it is wanted and published again', () => {
    expect(ended(idle, {}, { kind: 'ready', principalId })).toMatchObject({ published, retired: [] });
  });
});

describe('the sweep asks for a look', () => {
  const old = { ...ready, checkedAt: hoursAgo(1) };
  const enforce = wanted();
  const audit = wanted({ mode: 'audit' });
  test.each<[string, DestinationBody | null, Destination | null, boolean]>([
    ['a destination that nobody has needed yet is made when somebody does', null, enforce, false],
    ['one that was looked at within the hour', ready, enforce, false],
    ['one that was looked at an hour ago', old, enforce, true],
    ['one that is suspected', { ...ready, state: 'suspect' }, enforce, true],
    ['one that is being made', { ...ready, state: 'pending' }, enforce, false],
    ['one that is blocked', { ...ready, state: 'blocked' }, enforce, true],
    ['one that is only audited, the first time', null, audit, true],
    ['one that is only audited, within the hour', { ...ready, state: 'idle' }, audit, false],
    ['one that is off', old, wanted({ mode: 'off' }), false],
    ['one that is not in the policy and has served', ready, null, true],
    ['one that is not in the policy and has nothing of ours', { ...ready, published: null }, null, false],
    [
      'one that is not in the policy and retired for a day',
      { ...ready, published: null, retired: [retired] },
      null,
      true,
    ],
    [
      'one that is not in the policy and retired of late',
      { ...ready, published: null, retired: [{ ...retired, since: hoursAgo(1) }] },
      null,
      false,
    ],
    [
      'one that is not in the policy and left something over',
      { ...ready, published: null, intent: [...undosOf(retired)] },
      null,
      true,
    ],
  ])('%s', (_, body, policy, looks) => {
    expect(needsLook(body, policy, now)).toBe(looks);
  });
});
