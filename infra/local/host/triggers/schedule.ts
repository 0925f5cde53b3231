import { Cron } from 'croner';

/** When a timer function runs. */
export interface Schedule {
  /** The first time after the given one, in milliseconds; null if there is none. */
  next(after: number): number | null;
}

const LAST_OF_FIELD = [59, 59, 23, 31, 12, 6];
const ENTRY = String.raw`(?:\*|(?:\d+|[a-z]{3,9})(?:-(?:\d+|[a-z]{3,9}))?)(?:/\d+)?`;
const FIELD = new RegExp(`^${ENTRY}(?:,${ENTRY})*$`, 'i');

/**
 * Reads a timer's schedule: six-field NCRONTAB (seconds first) in UTC, or an interval `hh:mm:ss`. What cron dialects add
 * to that (L, W, #, ?, names like @daily) is refused, as the real host does.
 */
export function parseSchedule(text: string): Schedule {
  const interval = /^(?:(\d+)\.)?(\d+):(\d\d):(\d\d)$/.exec(text);
  if (interval) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = interval.slice(1).map((part) => Number(part ?? 0));
    const ms = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
    return { next: (after) => after + ms };
  }
  const fields = text.trim().split(/\s+/);
  const readable = fields.length === 6 && fields.every((field) => FIELD.test(field));
  if (!readable)
    throw new Error(
      `'${text}' is not a schedule: six NCRONTAB fields ({second} {minute} {hour} {day} {month} {day of week}) or hh:mm:ss.`,
    );
  const pattern = fields.map((field, at) => field.replace(/(^|,)(\d+)\//g, `$1$2-${LAST_OF_FIELD[at]}/`)).join(' ');
  const cron = new Cron(pattern, { paused: true, timezone: 'UTC', mode: '6-part', domAndDow: true });
  return { next: (after) => cron.nextRun(new Date(after))?.getTime() ?? null };
}
