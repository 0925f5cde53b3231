import { type CoreInvocationContext, levelOf, type Registry, rpcRequest } from './core-module.ts';
import { type LogScope, throughLogHooks } from './log-hooks.ts';
import type { InvocationRequest, InvocationResult, LogLevel } from './protocol.ts';

export type InvocationLog = (level: LogLevel, system: boolean, message: string) => void;

/** Carries out one invocation as the real worker does: arguments, hooks, handler, hooks, response. Never throws. */
export async function invoke(
  registry: Registry,
  request: InvocationRequest,
  log: InvocationLog,
): Promise<InvocationResult> {
  try {
    return await invokeOrThrow(registry, request, log);
  } catch (error) {
    return failureOf(error);
  }
}

async function invokeOrThrow(
  registry: Registry,
  request: InvocationRequest,
  log: InvocationLog,
): Promise<InvocationResult> {
  const { appHookData } = registry;
  const registered = registry.functions.get(request.functionName);
  if (!registered || !registry.model) throw new Error(`The function '${request.functionName}' is not registered.`);
  const hookData: Record<string, unknown> = {};
  const scope: LogScope = { hookData, appHookData, invocationContext: undefined };
  const core: CoreInvocationContext = {
    invocationId: request.invocationId,
    request: rpcRequest(request),
    metadata: registered.fn,
    log: (level, category, message) => {
      const entry = throughLogHooks(registry.hooks.log, scope, { level, category, message });
      log(levelOf(entry.level), category === 'system', entry.message);
    },
  };
  const model = registry.model.getInvocationModel(core);
  const { context, inputs } = await model.getArguments();
  scope.invocationContext = context;

  const before = { hookData, appHookData, invocationContext: context, functionCallback: registered.handler, inputs };
  core.state = 'preInvocationHooks';
  for (const hook of registry.hooks.preInvocation) await hook(before);

  core.state = 'invocation';
  const after: Record<string, unknown> = {
    hookData,
    appHookData,
    invocationContext: context,
    inputs: before.inputs,
    result: null,
    error: null,
  };
  try {
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error;
  }
  core.state = 'postInvocationHooks';
  for (const hook of registry.hooks.postInvocation) await hook(after);
  if (after.error !== null && after.error !== undefined) throw after.error;

  const response = await model.getResponse(context, after.result);
  return { ok: true, returnValue: response.returnValue, outputs: response.outputData ?? [] };
}

/** What was thrown, as the worker tells it to the host: anything that is no Error is put into one. */
function failureOf(thrown: unknown): InvocationResult {
  if (thrown instanceof Error) return { ok: false, message: thrown.message, stack: thrown.stack ?? '' };
  const message = typeof thrown === 'string' ? thrown : (JSON.stringify(thrown) ?? String(thrown));
  return { ok: false, message, stack: new Error(message).stack ?? '' };
}
