import { type AppFunction, type InvocationResult, type RetryContext, triggerOf } from '../app/protocol.ts';
import type { Clock } from '../clock.ts';
import { type Database, integer } from '../durable/database.ts';
import type { TypedData } from '../engine/typed-data.ts';
import type { Log } from '../log.ts';
import { retryPolicy, withRetries } from './retry.ts';
import { parseSchedule, type Schedule } from './schedule.ts';

export interface TimerServices {
  db: Database;
  clock: Clock;
  log: Log;
  settings: NodeJS.ProcessEnv;
  /** Runs the function; settles when it is over, however it ended. */
  call: (fn: AppFunction, data: TypedData, retry: RetryContext | null) => Promise<InvocationResult>;
}

interface ScheduleStatus {
  last: number;
  next: number;
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
  const schedule = parseSchedule(resolveSetting(String(binding.schedule), services.settings));
  const monitored = binding.useMonitor !== false && isSlow(schedule, clock.now());
  let cancel = () => {};
  let stopped = false;
  const retries = retryPolicy(fn.retryOptions);
  const wait = (ms: number) =>
    new Promise<boolean>((resolve) => {
      cancel = clock.at(clock.now() + ms, () => resolve(!stopped));
    });

  const run = async (status: ScheduleStatus | null, isPastDue: boolean) => {
    const startedAt = clock.now();
    const data = timerInfo(status, isPastDue);
    await withRetries(retries, (retry) => services.call(fn, data, retry), wait);
    if (stopped) return;
    arm(startedAt);
  };
  const arm = (last: number) => {
    const next = schedule.next(clock.now());
    if (next === null) return;
    const status = { last, next };
    if (monitored) keep(db, fn.name, status, clock.now());
    cancel = clock.at(next, () => void run(monitored ? status : null, false));
  };

  const kept = monitored ? keptStatus(db, fn.name) : null;
  const due = kept && schedule.next(kept.last);
  const isPastDue = kept !== null && due !== null && due < clock.now();
  if (isPastDue || binding.runOnStartup === true) void run(kept, isPastDue);
  else arm(kept?.last ?? 0);
  return () => {
    stopped = true;
    cancel();
  };
}

function isSlow(schedule: Schedule, now: number): boolean {
  const first = schedule.next(now);
  const second = first === null ? null : schedule.next(first);
  return first !== null && second !== null && second - first >= MONITORED_FROM;
}

/** `%NAME%` stands for an app setting. */
function resolveSetting(text: string, settings: NodeJS.ProcessEnv): string {
  const name = /^%(.+)%$/.exec(text)?.[1];
  if (!name) return text;
  const value = settings[name];
  if (!value) throw new Error(`'${text}' names an app setting that is not there.`);
  return value;
}

/** What a timer function is given. Status is null where it is not kept. */
export function timerInfo(status: ScheduleStatus | null, isPastDue: boolean): TypedData {
  const iso = (ms: number) =>
    ms === 0 ? '0001-01-01T00:00:00+00:00' : new Date(ms).toISOString().replace('Z', '+00:00');
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: status && { Last: iso(status.last), Next: iso(status.next), LastUpdated: iso(status.last) },
      IsPastDue: isPastDue,
    }),
  };
}

function keptStatus(db: Database, name: string): ScheduleStatus | null {
  const [row] = db.all('SELECT * FROM schedules WHERE function_name = ?', name);
  return row ? { last: integer(row, 'last') || integer(row, 'updated_at'), next: integer(row, 'next') } : null;
}

function keep(db: Database, name: string, status: ScheduleStatus, now: number): void {
  db.run(
    `INSERT INTO schedules (function_name, last, next, updated_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (function_name) DO UPDATE SET last = excluded.last, next = excluded.next, updated_at = excluded.updated_at`,
    name,
    status.last,
    status.next,
    now,
  );
}
