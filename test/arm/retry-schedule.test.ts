import { expect, test } from 'vitest';
import { nextAttempt } from '../../infra/local/arm/events/retry-schedule.ts';

const patient = { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 };
const minute = 60_000;

test("failed deliveries are tried again on Event Grid's own schedule", () => {
  const waits = Array.from({ length: 10 }, (_, index) => nextAttempt(500, index + 1, 0, patient, 1));
  const seconds = waits.map((next) => (next.kind === 'again' ? next.afterMilliseconds / 1000 : next.kind));
  expect(seconds).toEqual([10, 30, 60, 300, 600, 1800, 3600, 3600, 3600, 3600]);
});

test.each([
  [404, 300],
  [408, 120],
  [503, 30],
  [0, 10],
])('status %s waits %s s at least', (status, seconds) => {
  expect(nextAttempt(status, 1, 0, patient, 1)).toEqual({ kind: 'again', afterMilliseconds: seconds * 1000 });
});

test.each([200, 202, 204])('%s is a delivery', (status) => {
  expect(nextAttempt(status, 30, 2 * 1440 * minute, patient, 1)).toEqual({ kind: 'delivered' });
});

test.each([400, 401, 403, 413])('%s is never tried again', (status) => {
  expect(nextAttempt(status, 1, 0, patient, 1)).toEqual({ kind: 'givenUp', because: 'Undeliverable' });
});

test('an event expires when the next attempt would come after its time to live', () => {
  const brief = { ...patient, eventTimeToLiveInMinutes: 5 };
  expect(nextAttempt(500, 3, 4 * minute - 1, brief, 1).kind).toBe('again');
  expect(nextAttempt(500, 3, 4 * minute + 1, brief, 1)).toEqual({ kind: 'givenUp', because: 'TimeToLiveExceeded' });
});

test('after as many attempts as the subscription allows it is given up', () => {
  const few = { ...patient, maxDeliveryAttempts: 3 };
  expect(nextAttempt(500, 2, 0, few, 1).kind).toBe('again');
  expect(nextAttempt(500, 3, 0, few, 1)).toEqual({ kind: 'givenUp', because: 'MaxDeliveryAttemptsExceeded' });
});

test('a scale shortens waits and lifetime alike', () => {
  expect(nextAttempt(500, 2, 0, patient, 0.1)).toEqual({ kind: 'again', afterMilliseconds: 3_000 });
  const brief = { ...patient, eventTimeToLiveInMinutes: 1 };
  expect(nextAttempt(500, 2, 5_000, brief, 0.1).kind).toBe('givenUp');
});
