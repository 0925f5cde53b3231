import { v4 as uuid } from 'uuid';
import type { TypedData } from '../engine/typed-data.ts';
import type { Log } from '../log.ts';
import type { AppProcess } from './app-process.ts';
import { type AppFunction, type InvocationResult, type RetryContext, triggerOf } from './protocol.ts';
import { AppGone } from './worker.ts';

type Call = (
  fn: AppFunction,
  data: TypedData | null,
  metadata?: Record<string, TypedData>,
  retry?: RetryContext | null,
) => Promise<InvocationResult>;

/** Calls functions of the app. A failure of the function is an answer; an app that dies meanwhile is an AppGone. */
export interface Calls {
  call: Call;
  /** The same, but waits a while for an app that is being started, and takes its death for a failure of the function. */
  callPatiently: Call;
  /** Calls the function of that name and trigger with a text; one that is not there is a failure. */
  callNamed: (name: string, trigger: string, data: string | null) => Promise<InvocationResult>;
}

export interface CallOptions {
  app: () => AppProcess;
  /** The text for durable client inputs. */
  clientBinding: () => string;
  /** Settles when the app is ready, or rejects when that takes too long. */
  whenReady: () => Promise<void>;
  log: Log;
  /** Is told of every invocation that was answered. */
  observe?: ((invocation: Invocation) => void) | undefined;
}

/** A function that was called, with what it was given and what it answered. */
export interface Invocation {
  functionName: string;
  trigger: string;
  data: TypedData | null;
  /** The text of its durable client input, if it has one. */
  clientBinding: string | null;
  result: InvocationResult;
}

/** The calls of one app; each invocation is logged, a failed one as an error. */
export function callsOf({ app, clientBinding, whenReady, log, observe }: CallOptions): Calls {
  const call: Call = async (fn, data, triggerMetadata = {}, retry = null) => {
    const invocationId = uuid();
    const category = `Function.${fn.name}`;
    log({ level: 'debug', category, invocationId, message: `Executing 'Functions.${fn.name}'` });
    const inputs = inputsOf(fn, data, clientBinding);
    const result = await app().invoke({ invocationId, functionName: fn.name, inputs, triggerMetadata, retry });
    const { type } = triggerOf(fn).binding;
    const client = inputs.find(({ name }) => isDurableClient(fn.bindings[name]?.type ?? ''))?.data;
    const clientText = client && 'string' in client ? client.string : null;
    observe?.({ functionName: fn.name, trigger: type, data, clientBinding: clientText, result });
    if (result.ok)
      log({ level: 'debug', category, invocationId, message: `Executed 'Functions.${fn.name}' (Succeeded)` });
    else if (type !== 'orchestrationTrigger') {
      log({
        level: 'error',
        category,
        invocationId,
        message: `Executed 'Functions.${fn.name}' (Failed): ${result.stack || result.message}`,
      });
    }
    return result;
  };
  return {
    call,
    callNamed: async (name, trigger, data) => {
      const fn = app()
        .functions()
        .find((one) => one.name === name && triggerOf(one).binding.type === trigger);
      if (!fn) return { ok: false, message: `The function '${name}' doesn't exist.`, stack: '' };
      return call(fn, data === null ? null : { string: data });
    },
    callPatiently: async (fn, data, metadata, retry) => {
      try {
        await whenReady();
        return await call(fn, data, metadata, retry);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (!(error instanceof AppGone)) log({ level: 'error', category: `Function.${fn.name}`, message });
        return { ok: false, message, stack: '' };
      }
    },
  };
}

function inputsOf(
  fn: AppFunction,
  data: TypedData | null,
  clientBinding: () => string,
): { name: string; data: TypedData | null }[] {
  const trigger = triggerOf(fn);
  const extra = Object.entries(fn.bindings)
    .filter(([, { direction, type }]) => direction === 'in' && isDurableClient(type))
    .map(([name]) => ({ name, data: { string: clientBinding() } }));
  return [{ name: trigger.name, data }, ...extra];
}

/** Whether an input is a client of the durable extension; the second name is an old one. */
export function isDurableClient(type: string): boolean {
  return type === 'durableClient' || type === 'orchestrationClient';
}
