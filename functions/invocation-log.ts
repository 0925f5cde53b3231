import type { InvocationContext } from '@azure/functions';
import { type Logger, pino } from 'pino';

/**
 * A pino logger that writes through the invocation, so that lines carry its id and reach Application Insights at their
 * own level. One JSON line an event: constant `msg`, named fields, never a token, key or claim.
 */
export function invocationLog(context: InvocationContext, level: string): Logger {
  const stream = {
    write(line: string) {
      write(context, line.trimEnd());
    },
  };
  return pino({ level, base: { function: context.functionName, invocationId: context.invocationId } }, stream);
}

const levels = { trace: 10, debug: 20, info: 30, warn: 40 };

function write(context: InvocationContext, line: string): void {
  const { level } = JSON.parse(line) as { level: number };
  if (level <= levels.trace) context.trace(line);
  else if (level <= levels.debug) context.debug(line);
  else if (level <= levels.info) context.log(line);
  else if (level <= levels.warn) context.warn(line);
  else context.error(line);
}
