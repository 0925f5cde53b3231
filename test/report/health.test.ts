import { describe, expect, test } from 'vitest';
import { said } from '../../shared/azure/arm-outcome.ts';
import { noChanges } from '../../shared/decide/change-count.ts';
import { ownProblem } from '../../shared/problem.ts';
import type { SubscriptionRecord } from '../../shared/records/subscription-record.ts';
import { judgeHealth, type Seen } from '../../shared/report/health.ts';
import { document, policyOf, storageId } from '../decide/support/samples.ts';

const now = new Date('2026-11-25T12:00:00Z');
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
const survey = { lanes: 1, due: 0, settling: 0, waiting: 0, parked: 0, oldestDueAt: null, isWhole: true };
const policy = policyOf(document());
const current = {
  policy,
  etag: '"e1"',
  hash: 'h1',
  text: '',
  statedEtag: '"e1"',
  refused: null,
  pending: null,
  approved: null,
};
const pending = {
  etag: '"e2"',
  text: '',
  policy,
  enforced: policy,
  weight: { networks: 60, fields: { storageId: 60 } },
  approveAbove: 50,
};
const subscription = (changes: Partial<SubscriptionRecord>): SubscriptionRecord => ({
  id: 's-1',
  firstSeenAt: minutesAgo(600),
  readableAt: null,
  eventAt: null,
  ...changes,
});
const good: Seen = {
  survey: { ok: true, value: survey },
  graph: { ok: true, value: said({}) },
  policy: { ok: true, value: current },
  sweep: { ok: true, value: { finishedAt: minutesAgo(5), selected: 3 } },
  destinations: { ok: true, value: new Map([['stone', { state: 'ready', problem: null, warnings: [] }]]) },
  changes: { ok: true, value: noChanges },
  subscriptions: { ok: true, value: [subscription({ readableAt: minutesAgo(5), eventAt: minutesAgo(90) })] },
  deadLetters: { ok: true, value: null },
};
const refusal = (status: number, code: string): Seen['graph'] => ({
  ok: true,
  value: {
    ok: false,
    error: { status, code, innerCodes: [], message: 'a-secret', retryAfterSeconds: null, requestId: null },
  },
});
const tier = ownProblem('StorageAccountTier', storageId('stone'), 'Premium.');
const pausing = { ...noChanges, policyEtag: '"e1"', pausedUntil: minutesAgo(-10) };
const gone = { ok: false, code: 'ECONNREFUSED' } as const;

const cases: [title: string, seen: Partial<Seen>, status: string, failing: readonly string[]][] = [
  ['all is well', {}, 'healthy', []],
  [
    'nothing was ever dead',
    { deadLetters: { ok: true, value: { readBack: 7, unreadable: 0, lastAt: minutesAgo(1) } } },
    'healthy',
    [],
  ],
  [
    'a destination is blocked',
    { destinations: { ok: true, value: new Map([['stone', { state: 'blocked', problem: tier, warnings: [] }]]) } },
    'degraded',
    ['destinations'],
  ],
  [
    'a destination has a warning',
    { destinations: { ok: true, value: new Map([['stone', { state: 'ready', problem: null, warnings: [tier] }]]) } },
    'healthy',
    [],
  ],
  ['the tables are gone', { survey: gone }, 'unhealthy', ['storage', 'inbox']],
  ['the blobs are gone', { policy: gone }, 'unhealthy', ['storage', 'policy']],
  [
    'there is no token',
    { graph: refusal(0, 'CredentialUnavailableError') },
    'unhealthy',
    ['armToken', 'resourceGraph'],
  ],
  ['Resource Graph refuses', { graph: refusal(403, 'AuthorizationFailed') }, 'unhealthy', ['resourceGraph']],
  ['Resource Graph does not answer', { graph: { ok: false, code: 'Timeout' } }, 'unhealthy', ['resourceGraph']],
  ['Resource Graph throttles', { graph: refusal(429, 'RateLimiting') }, 'degraded', ['resourceGraph']],
  [
    'no event has come from a subscription yet',
    { subscriptions: { ok: true, value: [subscription({ readableAt: minutesAgo(5) })] } },
    'healthy',
    [],
  ],
  [
    'the policy names a subscription that may not be read',
    { subscriptions: { ok: true, value: [subscription({})] } },
    'degraded',
    ['subscriptions'],
  ],
  ['there is no policy', { policy: { ok: true, value: null } }, 'degraded', ['policy']],
  [
    'a newer policy was refused',
    { policy: { ok: true, value: { ...current, refused: [{ path: 'mode', message: 'No.' }] } } },
    'degraded',
    ['policy'],
  ],
  [
    'a newer policy waits for approval',
    { policy: { ok: true, value: { ...current, pending } } },
    'degraded',
    ['policy'],
  ],
  ['no sweep has ended', { sweep: { ok: true, value: null } }, 'degraded', ['sweep']],
  [
    'the sweep is old',
    { sweep: { ok: true, value: { finishedAt: minutesAgo(61), selected: 0 } } },
    'degraded',
    ['sweep'],
  ],
  [
    'an item lies there',
    { survey: { ok: true, value: { ...survey, due: 1, oldestDueAt: minutesAgo(31) } } },
    'degraded',
    ['inbox'],
  ],
  ['an item is new', { survey: { ok: true, value: { ...survey, due: 1, oldestDueAt: minutesAgo(2) } } }, 'healthy', []],
  ['changes pause', { changes: { ok: true, value: pausing } }, 'degraded', ['changes']],
  ['a pause has ended', { changes: { ok: true, value: { ...pausing, pausedUntil: minutesAgo(1) } } }, 'healthy', []],
  ['another policy ended it', { changes: { ok: true, value: { ...pausing, policyEtag: '"e0"' } } }, 'healthy', []],
  [
    'a letter can not be read',
    { deadLetters: { ok: true, value: { readBack: 1, unreadable: 1, lastAt: minutesAgo(1) } } },
    'degraded',
    ['deadLetters'],
  ],
];

describe('health', () => {
  test.each(cases)('where %s', (_, seen, status, failing) => {
    const health = judgeHealth({ ...good, ...seen }, now);
    expect(health.status).toBe(status);
    const checks = Object.entries(health.checks);
    expect(checks.filter(([, check]) => check.status !== 'ok').map(([name]) => name)).toEqual(failing);
    // Whoever reads it learns what is wrong, and no address or name that an error's message may hold.
    expect(checks.every(([, check]) => check.status === 'ok' || check.detail !== null)).toBe(true);
    expect(JSON.stringify(health)).not.toContain('a-secret');
  });
});
