import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../infra/local/host/triggers/schedule.ts';

const from = Date.parse('2026-11-23T08:00:30Z');
const next = (text: string, count = 2): string[] => {
  const schedule = parseSchedule(text);
  const found: string[] = [];
  for (let at: number | null = from; at !== null && found.length < count; ) {
    at = schedule.next(at);
    if (at !== null) found.push(new Date(at).toISOString().replace('.000Z', ''));
  }
  return found;
};

describe('a timer schedule', () => {
  it.each([
    ['0 */5 * * * *', ['2026-11-23T08:05:00', '2026-11-23T08:10:00']],
    ['0 0 * * * *', ['2026-11-23T09:00:00', '2026-11-23T10:00:00']],
    ['*/20 * * * * *', ['2026-11-23T08:00:40', '2026-11-23T08:01:00']],
    ['0 30 9 * * *', ['2026-11-23T09:30:00', '2026-11-24T09:30:00']],
    ['0 0 9-10 * * 1-5', ['2026-11-23T09:00:00', '2026-11-23T10:00:00']],
    ['0 30 9 * Jan Mon', ['2027-01-04T09:30:00', '2027-01-11T09:30:00']],
    ['0 5,8,10 * * * *', ['2026-11-23T08:05:00', '2026-11-23T08:08:00']],
  ])('%s is six-field NCRONTAB, seconds first, in UTC', (text, expected) => {
    expect(next(text)).toEqual(expected);
  });
  it('needs day of month and day of week to fit both, as NCRONTAB does and Unix cron does not', () => {
    expect(next('0 0 0 1 * Mon')).toEqual(['2027-02-01T00:00:00', '2027-03-01T00:00:00']);
  });
  it('takes a start with a step to go on to the end of the field', () => {
    expect(next('0 40/15 * * * *', 3)).toEqual(['2026-11-23T08:40:00', '2026-11-23T08:55:00', '2026-11-23T09:40:00']);
  });
  it('may be an interval', () => {
    expect(next('00:05:00')).toEqual(['2026-11-23T08:05:30', '2026-11-23T08:10:30']);
  });
  it('has no next time where no such day exists', () => {
    expect(next('0 0 0 30 2 *')).toEqual([]);
  });
  it.each(['* * * * *', '@daily', '0 0 0 L * *', '0 0 0 ? * *', '0 0 0 * * 1#2', '0 0 0 15W * *', 'now', ''])(
    '%j is refused: other dialects only',
    (text) => {
      expect(() => parseSchedule(text)).toThrow(/is not a schedule: six NCRONTAB fields/);
    },
  );
});
