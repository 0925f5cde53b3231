import type { LogLevel } from './app/protocol.ts';

export interface LogLine {
  level: LogLevel;
  category: string;
  message: string;
  invocationId?: string | undefined;
}

export type Log = (line: LogLine) => void;

const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error'];

/** What a line must at least be to be written; none is for `none`. */
export type LeastLevel = LogLevel | 'none';

/** Writes log lines to standard output: one JSON object a line, or text for people. Lines under the least level of their category are left out. */
export function consoleLog(format: 'text' | 'json', least: (category: string) => LeastLevel): Log {
  return (line) => {
    const from = least(line.category);
    if (from === 'none' || LEVELS.indexOf(line.level) < LEVELS.indexOf(from)) return;
    const time = new Date().toISOString();
    const { level, category, invocationId, message } = line;
    const text =
      format === 'json'
        ? JSON.stringify({ time, level, category, ...(invocationId && { invocationId }), message })
        : `${time} ${level === 'info' ? '' : `${level.toUpperCase()} `}[${category}] ${message}`;
    process.stdout.write(`${text}\n`);
  };
}
