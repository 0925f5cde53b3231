import { describe, expect, it } from 'vitest';
import type { InvocationResult } from '../../infra/local/host/app/protocol.ts';
import { type Database, openDatabase } from '../../infra/local/host/durable/database.ts';
import { startTimers } from '../../infra/local/host/triggers/timers.ts';
import { virtualClock } from './support/virtual-clock.ts';

// Timer functions over hours, on a clock that is moved on.

const at = (time: string) => Date.parse(`2026-11-23T${time}Z`);

interface Run {
  /** When it ran, and whether it was told to be late. */
  at: string;
  isPastDue: boolean;
  status: { Last: string; Next: string; LastUpdated: string } | null;
  retryCount: number | undefined;
}

interface Options {
  binding: Record<string, unknown>;
  retryOptions?: unknown;
  from: string;
  to: string;
  db?: Database;
  settings?: Record<string, string>;
  work?: (clock: { goOn: (ms: number) => Promise<void> }, run: number) => Promise<InvocationResult>;
}

const ok: InvocationResult = { ok: true, returnValue: null, outputs: [] };
const failed: InvocationResult = { ok: false, message: 'it failed', stack: '' };

/** What a host that is there from one time to another runs, and what it logs. */
async function runs(options: Options): Promise<Run[] & { log: string[] }> {
  const clock = virtualClock(at(options.from));
  const found: Run[] = [];
  const log: string[] = [];
  const fn = {
    name: 'tick',
    bindings: { timer: { type: 'timerTrigger', direction: 'in' as const, ...options.binding } },
    retryOptions: options.retryOptions,
  };
  const timers = startTimers([fn], {
    db: options.db ?? openDatabase(':memory:'),
    clock,
    log: ({ message }) => log.push(message),
    settings: options.settings ?? {},
    call: async (_fn, data, retry) => {
      const info = 'json' in data ? JSON.parse(data.json) : {};
      found.push({
        at: new Date(clock.now()).toISOString().slice(11, 19),
        isPastDue: info.IsPastDue,
        status: info.ScheduleStatus,
        retryCount: retry?.retryCount,
      });
      const goOn = (ms: number) => new Promise<void>((resolve) => clock.at(clock.now() + ms, resolve));
      return options.work?.({ goOn }, found.length) ?? ok;
    },
  });
  await clock.goTo(at(options.to));
  timers.stop();
  return Object.assign(found, { log });
}

const times = (found: Run[]) => found.map((run) => run.at);
const hourly = { schedule: '0 0 * * * *' };
const NEVER = '0001-01-01T00:00:00+00:00';
const day = '2026-11-23T';

describe('a timer function', () => {
  it('runs at its times, and is told when it last ran and when it is to run', async () => {
    const found = await runs({ binding: hourly, from: '08:30:00', to: '10:30:00' });
    expect(found.map(({ at: when, isPastDue, status }) => ({ at: when, isPastDue, status }))).toEqual([
      {
        at: '09:00:00',
        isPastDue: false,
        status: { Last: NEVER, Next: `${day}09:00:00.000+00:00`, LastUpdated: `${day}08:30:00.000+00:00` },
      },
      {
        at: '10:00:00',
        isPastDue: false,
        status: {
          Last: `${day}09:00:00.000+00:00`,
          Next: `${day}10:00:00.000+00:00`,
          LastUpdated: `${day}09:00:00.000+00:00`,
        },
      },
    ]);
  });
  it('runs at start where it says so, and then at its times', async () => {
    const found = await runs({ binding: { ...hourly, runOnStartup: true }, from: '08:30:00', to: '09:30:00' });
    expect(found.map((run) => [run.at, run.isPastDue])).toEqual([
      ['08:30:00', false],
      ['09:00:00', false],
    ]);
  });
  it('does not run beside itself: what would have been meanwhile is left out', async () => {
    const work: Options['work'] = async ({ goOn }, run) => {
      if (run === 1) await goOn(2.5 * 60 * 60_000);
      return ok;
    };
    expect(times(await runs({ binding: hourly, work, from: '08:30:00', to: '13:30:00' }))).toEqual([
      '09:00:00',
      '12:00:00',
      '13:00:00',
    ]);
  });
  it('is run again as its retry policy says, and told so', async () => {
    const retryOptions = { retryStrategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { seconds: 60 } };
    const work: Options['work'] = async () => failed;
    const found = await runs({ binding: hourly, retryOptions, work, from: '08:30:00', to: '09:30:00' });
    expect(found.map((run) => [run.at, run.retryCount])).toEqual([
      ['09:00:00', undefined],
      ['09:01:00', 1],
      ['09:02:00', 2],
    ]);
  });
  it('may take its schedule from an app setting, and does not run, but says so, where that is missing', async () => {
    const binding = { schedule: '%WHEN%' };
    const settings = { WHEN: '0 15 * * * *' };
    expect(times(await runs({ binding, settings, from: '08:00:00', to: '09:00:00' }))).toEqual(['08:15:00']);
    const without = await runs({ binding, from: '08:00:00', to: '09:00:00' });
    expect([times(without), without.log]).toEqual([[], [expect.stringMatching(/does not run.*app setting WHEN/)]]);
  });
});

describe('a timer function of a host that was away', () => {
  /** Two hosts, one after the other, on the same state. */
  async function twice(first: Record<string, unknown>, second: Record<string, unknown>, from: string, to: string) {
    const db = openDatabase(':memory:');
    await runs({ binding: first, db, from: '08:30:00', to: '09:30:00' });
    return (await runs({ binding: second, db, from, to })).map((run) => [run.at, run.isPastDue]);
  }

  it('makes up for what it missed with one run, which is told to be late', async () => {
    expect(await twice(hourly, hourly, '12:30:00', '13:30:00')).toEqual([
      ['12:30:00', true],
      ['13:00:00', false],
    ]);
    const db = openDatabase(':memory:');
    await runs({ binding: hourly, db, from: '08:30:00', to: '09:30:00' });
    const [late] = await runs({ binding: hourly, db, from: '12:30:00', to: '12:31:00' });
    expect(late?.status).toMatchObject({ Last: `${day}09:00:00.000+00:00`, Next: `${day}10:00:00.000+00:00` });
  });
  it('does so too where it has never run before', async () => {
    const db = openDatabase(':memory:');
    await runs({ binding: hourly, db, from: '08:30:00', to: '08:40:00' });
    expect(times(await runs({ binding: hourly, db, from: '09:30:00', to: '09:40:00' }))).toEqual(['09:30:00']);
  });
  it('has missed nothing when it is back in time', async () => {
    expect(await twice(hourly, hourly, '09:40:00', '10:30:00')).toEqual([['10:00:00', false]]);
  });
  it('has missed nothing on a schedule that is new', async () => {
    const everyHalfHour = { schedule: '0 15,45 * * * *' };
    expect(await twice(hourly, everyHalfHour, '12:30:00', '13:00:00')).toEqual([['12:45:00', false]]);
  });
  it('makes up for nothing without a monitor, nor where it runs more often than once a minute', async () => {
    const off = { ...hourly, useMonitor: false };
    expect(await twice(off, off, '12:30:00', '13:30:00')).toEqual([['13:00:00', false]]);
    const often = { schedule: '0,30 0 * * * *' };
    expect(await twice(often, often, '12:00:10', '12:30:00')).toEqual([['12:00:30', false]]);
    const [run] = await runs({ binding: often, from: '08:59:00', to: '09:00:00' });
    expect(run?.status).toBe(null);
  });
});
