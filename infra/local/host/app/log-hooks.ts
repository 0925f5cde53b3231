import type { Hook, RpcLevel } from './core-module.ts';

export interface RpcLogEntry {
  level: RpcLevel;
  category: 'user' | 'system';
  message: string;
}

/** What hooks see of the invocation that logs; outside of any, its context is undefined. */
export interface LogScope {
  hookData: Record<string, unknown>;
  appHookData: Record<string, unknown>;
  invocationContext: unknown;
}

/** Shows a log entry to the app's log hooks. They may change level and message of what the app itself has logged. */
export function throughLogHooks(hooks: readonly Hook[], scope: LogScope, entry: RpcLogEntry): RpcLogEntry {
  if (hooks.length === 0) return entry;
  const shown = { ...scope, ...entry };
  for (const hook of hooks) hook(shown);
  return entry.category === 'user' ? shown : entry;
}
