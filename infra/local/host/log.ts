import type { LogLevel } from './app/protocol.ts';

export interface LogLine {
  level: LogLevel;
  category: string;
  message: string;
  invocationId?: string | undefined;
}

export type Log = (line: LogLine) => void;

const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error'];

/** Writes log lines to standard output: one JSON object a line, or text for people. Lines under `least` are left out. */
export function consoleLog(format: 'text' | 'json', least: LogLevel): Log {
  return (line) => {
    if (LEVELS.indexOf(line.level) < LEVELS.indexOf(least)) return;
    const time = new Date().toISOString();
    const { level, category, invocationId, message } = line;
    const text =
      format === 'json'
        ? JSON.stringify({ time, level, category, ...(invocationId && { invocationId }), message })
        : `${time} ${level === 'info' ? '' : `${level.toUpperCase()} `}[${category}] ${message}`;
    process.stdout.write(`${text}\n`);
  };
}
