import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchLimits, chooseBatch, isDue, needsRun } from '../../shared/inbox/choose-batch.ts';
import { mergeRequest, type WorkRequest } from '../../shared/inbox/merge-request.ts';
import {
  instanceId,
  isByPerson,
  isUrgent,
  itemRowKey,
  type LaneKey,
  laneId,
  parseLaneId,
  type RowState,
  reasonSchema,
  type UnsavedItem,
  type WorkItem,
} from '../../shared/inbox/work-item.ts';

const start = Date.parse('2026-11-23T08:00:00.000Z');
const time = fc.integer({ min: -7_200_000, max: 7_200_000 }).map((ms) => new Date(start + ms));
const iso = time.map((date) => date.toISOString());
const problem = {
  code: 'ScopeLocked',
  message: 'm',
  resourceId: '/r',
  actor: 'owner',
  runbook: 'scope-locked',
} as const;

const state: fc.Arbitrary<RowState> = fc.oneof(
  fc.record({ kind: fc.constant('settling' as const), notBefore: iso }),
  fc.constant({ kind: 'due' as const }),
  fc.record({ kind: fc.constant('waiting' as const), destination: fc.constant('stlogs'), answers: fc.nat(3) }),
  fc.record({
    kind: fc.constant('parked' as const),
    until: iso,
    problem: fc.constant(problem),
    policyEtag: fc.constantFrom('p1', 'p2'),
  }),
);
const reason = fc.constantFrom(...reasonSchema.options);
const kind = fc.constantFrom('network', 'flowLog', 'destination', 'subscription');
const target = fc.record({ kind, id: fc.string({ minLength: 1, maxLength: 200 }) });
const item: fc.Arbitrary<WorkItem> = fc
  .record({
    target,
    reason,
    state,
    attempts: fc.nat(5),
    firstSeen: iso,
    touchedAt: iso,
    location: fc.constantFrom('westeurope', 'northeurope', undefined),
    etag: fc.uuid(),
  })
  .map((fields) => ({ ...fields, correlationId: 'old', rowKey: itemRowKey(fields.target) }));

/** A row and a request for the same target. */
const arrival = fc
  .record({ row: item, reason, unpark: fc.boolean(), policyEtag: fc.constantFrom('p1', 'p2') })
  .map(({ row, ...rest }) => ({ row, request: { ...rest, target: row.target, correlationId: 'new' } }));

function merge(row: UnsavedItem | null, request: WorkRequest, now: Date): UnsavedItem {
  return mergeRequest(row, request, now, 30);
}

describe('a request that comes in', () => {
  test('always leaves its mark on the row, and never makes it younger or less urgent', () => {
    fc.assert(
      fc.property(arrival, time, ({ row, request }, now) => {
        const merged = merge(row, request, now);
        expect(merged.touchedAt).toBe(now.toISOString());
        expect(merged.firstSeen).toBe(row.firstSeen);
        expect(merged.rowKey).toBe(row.rowKey);
        expect(isUrgent(merged.reason) || !isUrgent(row.reason)).toBe(true);
      }),
    );
  });

  test('calls for a run, unless it only touches a parked row', () => {
    fc.assert(
      fc.property(arrival, time, ({ row, request }, now) => {
        const merged = merge(row, request, now);
        if (merged.state.kind === 'parked') expect(merged).toEqual({ ...row, touchedAt: now.toISOString() });
        else expect(needsRun(merged.state, now)).toBe(true);
      }),
    );
  });

  test('unparks for a person, a new policy or a target recreated or deleted, and for nothing else', () => {
    fc.assert(
      fc.property(arrival, time, ({ row, request }, now) => {
        fc.pre(row.state.kind === 'parked');
        const newPolicy = row.state.kind === 'parked' && row.state.policyEtag !== request.policyEtag;
        const unparks = isByPerson(request.reason) || request.unpark || newPolicy;
        const merged = merge(row, request, now);
        expect(merged.state.kind !== 'parked').toBe(unparks);
        if (unparks) expect(merged.attempts).toBe(0);
      }),
    );
  });

  test('unparks when the target has another resourceGuid than before', () => {
    const until = new Date(start + 60_000).toISOString();
    const parked: RowState = { kind: 'parked', until, problem, policyEtag: 'p1' };
    const request: WorkRequest = {
      target: { kind: 'network', id: '/v' },
      reason: 'event',
      correlationId: 'c',
      resourceGuid: 'g2',
    };
    const row = { ...merge(null, request, new Date(start)), state: parked };
    expect(merge({ ...row, resourceGuid: 'g1' }, request, new Date(start)).state.kind).toBe('settling');
    expect(merge({ ...row, resourceGuid: 'g2' }, request, new Date(start)).state.kind).toBe('parked');
  });

  test('settles only networks, only for events, and never past five minutes after it was first seen', () => {
    fc.assert(
      fc.property(arrival, time, ({ row, request }, now) => {
        const { state } = merge(row, request, now);
        if (state.kind !== 'settling') return;
        expect(row.target.kind).toBe('network');
        expect(isByPerson(row.reason) || isByPerson(request.reason)).toBe(false);
        const limit = Date.parse(row.firstSeen) + 5 * 60_000;
        const notBefore = new Date(Math.min(now.getTime() + 30_000, limit)).toISOString();
        expect(state).toEqual(request.reason === 'sweep' ? row.state : { kind: 'settling', notBefore });
      }),
    );
  });

  test('never moves the request of a person, a destination or a subscription to a later time', () => {
    fc.assert(
      fc.property(arrival, time, ({ row, request }, now) => {
        fc.pre(row.state.kind !== 'parked');
        fc.pre(row.target.kind !== 'network' || isByPerson(row.reason) || isByPerson(request.reason));
        expect(merge(row, request, now).state).toEqual({ kind: 'due' });
      }),
    );
  });

  test('a network that is written every second is due all the same, five minutes after it was first seen', () => {
    const request: WorkRequest = { target: { kind: 'network', id: '/v' }, reason: 'event', correlationId: 'c' };
    let row = merge(null, request, new Date(start));
    for (let second = 1; second <= 300; second++) row = merge(row, request, new Date(start + second * 1000));
    expect(isDue(row.state, new Date(start + 299_000))).toBe(false);
    expect(isDue(row.state, new Date(start + 300_000))).toBe(true);
  });
});

describe('a batch', () => {
  const items = fc.uniqueArray(item, { selector: ({ rowKey }) => rowKey, maxLength: 130 });

  const limits = fc
    .record({ lanesPerRegion: fc.integer({ min: 1, max: 4 }) })
    .map((one) => ({ ...batchLimits, ...one }));
  const seen = ({ firstSeen }: WorkItem) => Date.parse(firstSeen);

  test('holds only due rows, urgent ones before all others, of each region the oldest, within its limits', () => {
    fc.assert(
      fc.property(items, time, limits, (rows, now, limits) => {
        const choice = chooseBatch(rows, now, limits);
        if (choice.kind === 'wait') return;
        const left = rows.filter((row) => isDue(row.state, now) && !choice.items.includes(row));
        expect(choice.items.every(({ state }) => isDue(state, now))).toBe(true);
        expect(choice.items.length).toBeLessThanOrEqual(96);
        expect(Buffer.byteLength(JSON.stringify(choice.items))).toBeLessThanOrEqual(20_000);
        if (choice.items.length === 0) expect(left).toEqual([]);
        const urgent = choice.items.map(({ reason }) => isUrgent(reason));
        expect(urgent).toEqual(urgent.toSorted((one, other) => Number(other) - Number(one)));
        if (urgent.includes(false)) expect(left.filter(({ reason }) => isUrgent(reason))).toEqual([]);
        for (const taken of choice.items.filter(({ location }) => location !== undefined)) {
          const passedOver = left.filter(
            ({ reason, location }) => location === taken.location && isUrgent(reason) === isUrgent(taken.reason),
          );
          expect(Math.min(...passedOver.map(seen))).toBeGreaterThanOrEqual(seen(taken));
        }
      }),
    );
  });

  const backlog = fc
    .uniqueArray(item, { selector: ({ rowKey }) => rowKey, maxLength: 130 })
    .map((rows) => rows.map((row): WorkItem => ({ ...row, reason: 'sweep', state: { kind: 'due' } })));

  test('of a backlog keeps the lanes of all regions busy until its end', () => {
    fc.assert(
      fc.property(backlog, time, limits, (rows, now, limits) => {
        const choice = chooseBatch(rows, now, limits);
        const taken = choice.kind === 'batch' ? choice.items : [];
        const regions = [...Map.groupBy(rows, ({ location }) => location)].flatMap(([location, all]) => {
          const some = taken.filter((one) => one.location === location);
          return location === undefined
            ? []
            : [{ rounds: some.length / limits.lanesPerRegion, left: all.length - some.length }];
        });
        const most = Math.ceil(Math.max(0, ...regions.map(({ rounds }) => rounds)));
        for (const { rounds, left } of regions) {
          expect(rounds).toBeLessThanOrEqual(12);
          if (left > 0 && most > 1) expect(rounds).toBe(most);
        }
      }),
    );
  });

  test('is waited for only when rows are settling and none is due, and then until after the first of them', () => {
    fc.assert(
      fc.property(items, time, (rows, now) => {
        const choice = chooseBatch(rows, now, { ...batchLimits, lanesPerRegion: 2 });
        const settling = rows.flatMap(({ state }) => (state.kind === 'settling' ? [Date.parse(state.notBefore)] : []));
        const waits = settling.length > 0 && !rows.some(({ state }) => isDue(state, now));
        expect(choice.kind).toBe(waits ? 'wait' : 'batch');
        if (choice.kind !== 'wait') return;
        const until = Date.parse(choice.until);
        const first = Math.min(...settling, now.getTime() + 60_000);
        expect(until % 1000).toBe(0);
        expect(until - first).toBeGreaterThanOrEqual(1000);
        expect(until - first).toBeLessThan(2000);
      }),
    );
  });
});

describe('a lane', () => {
  const lane: fc.Arbitrary<LaneKey> = fc.oneof(
    fc.record({ kind: fc.constant('subscription' as const), subscriptionId: fc.uuid() }),
    fc.record({ kind: fc.constant('destination' as const), account: fc.stringMatching(/^[a-z0-9]{3,24}$/) }),
  );

  test('has an id that says which lane it is, and that can be an instance id and a partition key', () => {
    fc.assert(
      fc.property(lane, fc.nat(), (key, generation) => {
        expect(parseLaneId(laneId(key))).toEqual(key);
        expect(instanceId(key, generation)).toBe(`${laneId(key)}-${generation}`);
        expect(instanceId(key, generation)).toMatch(/^[a-z0-9-]{1,100}$/);
      }),
    );
  });

  test('is the same lane, and an item the same row, however Azure spells the id', () => {
    const id = '/subscriptions/ABC/resourceGroups/Rg/providers/Microsoft.Network/virtualNetworks/V';
    expect(itemRowKey({ kind: 'network', id: id.toLowerCase() })).toBe(itemRowKey({ kind: 'network', id }));
    expect(itemRowKey({ kind: 'flowLog', id })).not.toBe(itemRowKey({ kind: 'network', id }));
    expect(laneId({ kind: 'subscription', subscriptionId: 'ABC' })).toBe('subscription-abc');
  });

  test('refuses an id that is none', () => {
    expect(() => parseLaneId('account-x')).toThrow("'account-x' is not the id of a lane.");
  });
});
