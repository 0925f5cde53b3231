import Module from 'node:module';
import { v4 as uuid } from 'uuid';
import { throughLogHooks } from './log-hooks.ts';
import type { AppFunction, Binding, InvocationRequest, InvocationResult, LogLevel } from './protocol.ts';

// The module '@azure/functions-core', which only exists inside a Functions worker: what @azure/functions needs of it.

export type Handler = (...args: unknown[]) => unknown;
export type Hook = (context: Record<string, unknown>) => unknown;
type HookName = 'appStart' | 'appTerminate' | 'preInvocation' | 'postInvocation' | 'log';
export type RpcLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';

/** The part of the programming model (@azure/functions) that carries out one invocation. */
export interface InvocationModel {
  getArguments(): Promise<{ context: Record<string, unknown>; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], handler: Handler): Promise<unknown>;
  getResponse(
    context: unknown,
    result: unknown,
  ): Promise<{
    returnValue?: (InvocationResult & { ok: true })['returnValue'];
    outputData?: (InvocationResult & { ok: true })['outputs'];
  }>;
}

export interface CoreInvocationContext {
  invocationId: string;
  request: Record<string, unknown>;
  metadata: { name: string; bindings: Record<string, Binding> };
  state?: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks';
  log(level: RpcLevel, category: 'user' | 'system', message: string): void;
}

export interface ProgrammingModel {
  name: string;
  version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities?(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

/** What the app has registered while it was loaded. */
export interface Registry {
  model: ProgrammingModel | null;
  functions: Map<string, { fn: AppFunction; handler: Handler }>;
  hooks: Record<HookName, Hook[]>;
  /** Shared by the hooks of the app and of all its invocations. */
  appHookData: Record<string, unknown>;
  /** Whether the app is loaded: nothing can be registered from then on. */
  isLoaded: boolean;
}

/** Puts the module in place for everything that is loaded from now on, and answers what is registered through it. */
export function provideCoreModule(log: (level: LogLevel, system: boolean, message: string) => void): Registry {
  const registry: Registry = {
    model: null,
    functions: new Map(),
    hooks: { appStart: [], appTerminate: [], preInvocation: [], postInvocation: [], log: [] },
    appHookData: {},
    isLoaded: false,
  };
  class Disposable {
    readonly dispose: () => void;
    constructor(dispose: () => void) {
      this.dispose = dispose;
    }
  }
  const core = {
    version: '3.9.1',
    hostVersion: '4.1000.0',
    Disposable,
    setProgrammingModel: (model: ProgrammingModel) => {
      registry.model = model;
    },
    getProgrammingModel: () => registry.model,
    registerFunction: (metadata: AppFunction, handler: Handler) => {
      if (registry.isLoaded) throw new Error('A function can only be registered during app startup.');
      if (registry.functions.has(metadata.name))
        throw new Error(`A function with name "${metadata.name}" has already been registered.`);
      registry.functions.set(metadata.name, { fn: metadata, handler });
      return new Disposable(() => registry.functions.delete(metadata.name));
    },
    registerHook: (name: HookName, hook: Hook) => {
      registry.hooks[name]?.push(hook);
      return new Disposable(() => {
        registry.hooks[name] = registry.hooks[name].filter((one) => one !== hook);
      });
    },
    log: (level: RpcLevel, category: 'user' | 'system', message: string) => {
      const scope = { hookData: {}, appHookData: registry.appHookData, invocationContext: undefined };
      const entry = throughLogHooks(registry.hooks.log, scope, { level, category, message });
      log(levelOf(entry.level), category === 'system', entry.message);
    },
  };
  const original = Module.prototype.require;
  Module.prototype.require = Object.assign(function (this: Module, id: string) {
    return id === '@azure/functions-core' ? core : original.call(this, id);
  }, original);
  return registry;
}

/** The invocation as the worker protocol has it. */
export function rpcRequest(request: InvocationRequest): Record<string, unknown> {
  return {
    invocationId: request.invocationId,
    functionId: request.functionName,
    inputData: request.inputs,
    triggerMetadata: request.triggerMetadata,
    traceContext: { traceParent: traceParent(), traceState: '', attributes: {} },
    retryContext: request.retry,
  };
}

/** A W3C trace context of its own for each invocation. */
function traceParent(): string {
  const id = uuid().replaceAll('-', '');
  return `00-${id}-${id.slice(16)}-00`;
}

/** The worker protocol's log level as the host's. */
export function levelOf(level: RpcLevel): LogLevel {
  if (level === 'information') return 'info';
  if (level === 'warning') return 'warn';
  if (level === 'critical') return 'error';
  return level === 'none' ? 'trace' : level;
}
