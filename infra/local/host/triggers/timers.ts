import { type AppFunction, type InvocationResult, type RetryContext, triggerOf } from '../app/protocol.ts';
import type { Clock } from '../clock.ts';
import { withAppSettings } from '../config/app-settings.ts';
import { type Database, integer } from '../durable/database.ts';
import type { TypedData } from '../engine/typed-data.ts';
import type { Log } from '../log.ts';
import { retryPolicy, withRetries } from './retry.ts';
import { parseSchedule, type Schedule } from './schedule.ts';
import { type ScheduleStatus, statusAfter, statusAtStart, timerInfo } from './schedule-status.ts';

export interface TimerServices {
  db: Database;
  clock: Clock;
  log: Log;
  settings: NodeJS.ProcessEnv;
  /** Runs the function; settles when it is over, however it ended. */
  call: (fn: AppFunction, data: TypedData, retry: RetryContext | null) => Promise<InvocationResult>;
}

const MONITORED_FROM = 60_000;

/**
 * Runs the timer functions of an app until it is stopped. The last and next run of schedules of a minute and longer are
 * kept, so that a run that was missed while the host was down is made up for at once (isPastDue).
 */
export function startTimers(functions: readonly AppFunction[], services: TimerServices): { stop: () => void } {
  const stops = functions
    .filter((fn) => triggerOf(fn).binding.type === 'timerTrigger')
    .map((fn) => {
      try {
        return startTimer(fn, services);
      } catch (error) {
        services.log({
          level: 'error',
          category: `Function.${fn.name}`,
          message: `The function does not run: ${String(error)}`,
        });
        return () => {};
      }
    });
  return {
    stop: () =>
      stops.forEach((stop) => {
        stop();
      }),
  };
}

function startTimer(fn: AppFunction, services: TimerServices): () => void {
  const { db, clock } = services;
  const { binding } = triggerOf(fn);
  const schedule = parseSchedule(withAppSettings('Its schedule', String(binding.schedule), services.settings));
  const isMonitored = binding.useMonitor !== false && isSlow(schedule, clock.now());
  const retries = retryPolicy(fn.retryOptions);
  let cancel = () => {};
  let stopped = false;
  const wait = (ms: number) =>
    new Promise<boolean>((resolve) => {
      cancel = clock.at(clock.now() + ms, () => resolve(!stopped));
    });

  const run = async (startedAt: number, status: ScheduleStatus | null, isPastDue: boolean) => {
    await withRetries(retries, (retry) => services.call(fn, timerInfo(status, isPastDue), retry), wait);
    if (stopped) return;
    arm(isMonitored ? keep(db, fn.name, statusAfter(startedAt, schedule)) : null, startedAt);
  };
  /** Runs that would have been while it was running are left out. */
  const arm = (status: ScheduleStatus | null, after: number) => {
    const next = schedule.next(Math.max(after, clock.now()));
    // A timer of the machine may fire a little early; the run counts as that of its time, or there would be two of it.
    if (next !== null) cancel = clock.at(next, () => void run(Math.max(next, clock.now()), status, false));
  };

  const now = clock.now();
  const status = isMonitored ? keep(db, fn.name, statusAtStart(keptStatus(db, fn.name), schedule, now)) : null;
  const isPastDue = status !== null && status.next < now;
  if (isPastDue || binding.runOnStartup === true) void run(now, status, isPastDue);
  else arm(status, now);
  return () => {
    stopped = true;
    cancel();
  };
}

const LOOKED_AT = 5;

/** Whether its runs are a minute apart or more: the status of others is not kept, as the real host does not. */
function isSlow(schedule: Schedule, now: number): boolean {
  let before = schedule.next(now);
  for (let at = 1; at < LOOKED_AT && before !== null; at++) {
    const next = schedule.next(before);
    if (next !== null && next - before < MONITORED_FROM) return false;
    before = next;
  }
  return true;
}

function keptStatus(db: Database, name: string): ScheduleStatus | null {
  const [row] = db.all('SELECT * FROM schedules WHERE function_name = ?', name);
  return row ? { last: integer(row, 'last'), next: integer(row, 'next'), updatedAt: integer(row, 'updated_at') } : null;
}

function keep(db: Database, name: string, status: ScheduleStatus | null): ScheduleStatus | null {
  if (status === null) return null;
  db.run(
    `INSERT INTO schedules (function_name, last, next, updated_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (function_name) DO UPDATE SET last = excluded.last, next = excluded.next, updated_at = excluded.updated_at`,
    name,
    status.last,
    status.next,
    status.updatedAt,
  );
  return status;
}
