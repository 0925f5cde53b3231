import type { TypedData } from '../engine/typed-data.ts';

/** A function as the app registered it. */
export interface AppFunction {
  name: string;
  bindings: Record<string, Binding>;
  retryOptions?: unknown;
}

export interface Binding {
  type: string;
  direction: 'in' | 'out' | 'inout';
  [option: string]: unknown;
}

export interface InvocationRequest {
  invocationId: string;
  functionName: string;
  inputs: { name: string; data: TypedData | null }[];
  triggerMetadata: Record<string, TypedData>;
  /** Says which retry this is; null for a first attempt. */
  retry: RetryContext | null;
}

/** What a function can know of the attempts before. */
export interface RetryContext {
  retryCount: number;
  maxRetryCount: number;
  exception: { source: string; message: string; stackTrace: string };
}

/** What a function answered, or how it failed. */
export type InvocationResult =
  | { ok: true; returnValue: TypedData | null | undefined; outputs: { name: string; data: TypedData }[] }
  | { ok: false; message: string; stack: string };

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export type ToApp =
  | { kind: 'load'; folder: string; files: string[] }
  | { kind: 'invoke'; request: InvocationRequest }
  | { kind: 'terminate' };

export type FromApp =
  | { kind: 'loaded'; functions: AppFunction[] }
  | { kind: 'load-failed'; message: string }
  | { kind: 'result'; invocationId: string; result: InvocationResult }
  | { kind: 'log'; level: LogLevel; system: boolean; message: string; functionName?: string; invocationId?: string };

/** The binding that starts a function, with its name. */
export function triggerOf(fn: AppFunction): { name: string; binding: Binding } {
  const trigger = findTrigger(fn);
  if (!trigger) throw new Error(`The function '${fn.name}' has no trigger.`);
  return trigger;
}

/** The binding that starts a function; undefined where the app has registered none. */
export function findTrigger(fn: AppFunction): { name: string; binding: Binding } | undefined {
  const found = Object.entries(fn.bindings).find(([, binding]) => /trigger$/i.test(binding.type));
  return found && { name: found[0], binding: found[1] };
}
