import { describe, expect, test } from 'vitest';
import { paces, waitSeconds } from '../../shared/steps/pace.ts';

describe('the waits of a pace', () => {
  test.each([
    { pace: 'fast', waits: [2, 4, 8, 16, 30, 30, 30] },
    { pace: 'slow', waits: [60, 120, 240] },
  ] as const)('$pace: $waits, and then no more', ({ pace, waits }) => {
    expect(waits.map((_, index) => waitSeconds(pace, index + 1, 0))).toEqual(waits);
    expect(waitSeconds(pace, waits.length + 1, 0)).toBeNull();
  });

  test.each(Object.keys(paces) as (keyof typeof paces)[])(
    '%s: never shorter than the one before, never longer than its limit and a quarter, whole seconds',
    (pace) => {
      const { attempts, maxSeconds, firstSeconds } = paces[pace];
      for (const spread of [0, 0.3, 1]) {
        const waits = Array.from({ length: attempts }, (_, index) => waitSeconds(pace, index + 1, spread) ?? 0);
        expect(waits[0]).toBeGreaterThanOrEqual(firstSeconds);
        expect(waits).toEqual(waits.toSorted((one, other) => one - other));
        expect(Math.max(...waits)).toBeLessThanOrEqual(Math.ceil(maxSeconds * 1.25));
        expect(waits.every(Number.isInteger)).toBe(true);
      }
    },
  );

  test('spread lengthens by a quarter at most', () => {
    expect(waitSeconds('slow', 1, 1)).toBe(75);
    expect(waitSeconds('slow', 1, 0.5)).toBe(68);
  });

  test('propagation outlasts the ten minutes that Azure may take', () => {
    const { attempts } = paces.propagation;
    const total = Array.from({ length: attempts }, (_, index) => waitSeconds('propagation', index + 1, 0) ?? 0);
    expect(total.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThanOrEqual(600);
  });
});
