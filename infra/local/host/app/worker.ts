import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { workerArguments } from '../config/worker-arguments.ts';
import type { Log } from '../log.ts';
import type { AppFunction, FromApp, InvocationRequest, InvocationResult, ToApp } from './protocol.ts';

/** The app's process died before it had answered. Whoever asked decides whether to ask again. */
export class AppGone extends Error {}

/** One life of the process that the app runs in, from its start to its end, however that comes. */
export interface Worker {
  readonly pid: number | undefined;
  /** Settles with the function's answer or failure; rejects with AppGone when the process ends before. */
  invoke(request: InvocationRequest): Promise<InvocationResult>;
  /** Lets the app end by itself, for a while; settles when it is over. */
  stop(): Promise<void>;
}

export interface WorkerOptions {
  folder: string;
  /** The files that register the functions. */
  files: string[];
  env: NodeJS.ProcessEnv;
  /** Milliseconds after which an invocation is cut off, together with the process; null for never. */
  functionTimeout: number | null;
  log: Log;
  onLoaded: (functions: readonly AppFunction[]) => void;
  /** It takes no more invocations: it has ended, or is being ended. */
  onLost: () => void;
  /** It is over: how, and why the app could not be loaded, if it never was. */
  onEnd: (how: string, loadError: string | null) => void;
}

interface Pending {
  resolve: (result: InvocationResult) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout | undefined;
}

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));
const LONGEST_STOP_MS = 3000;

/** Starts a process and has it load the app. */
export function startWorker(options: WorkerOptions): Worker {
  const { folder, files, env, log, functionTimeout } = options;
  const pending = new Map<string, Pending>();
  let isLoaded = false;
  let loadError: string | null = null;
  const child = fork(CHILD, [], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    execArgv: workerArguments(env),
  });
  const tell = (message: ToApp) => child.send(message);
  const kill = () => {
    options.onLost();
    child.kill('SIGKILL');
  };
  const answer = (invocationId: string, result: InvocationResult) => {
    const asked = pending.get(invocationId);
    pending.delete(invocationId);
    clearTimeout(asked?.timer);
    asked?.resolve(result);
  };

  child.on('message', (message: FromApp) => {
    if (message.kind === 'loaded') {
      isLoaded = true;
      options.onLoaded(message.functions);
    } else if (message.kind === 'load-failed') {
      loadError = `The function app cannot be loaded, its own error is: ${message.message}`;
      kill();
    } else if (message.kind === 'log') log({ ...message, category: categoryOf(message) });
    else answer(message.invocationId, message.result);
  });
  child.on('exit', (code, signal) => {
    const how = signal ? `by ${signal}` : `with exit code ${code}`;
    if (!isLoaded) loadError ??= `The process of the function app has ended ${how} while the app was being loaded.`;
    options.onLost();
    options.onEnd(how, loadError);
    for (const { reject, timer } of pending.values()) {
      clearTimeout(timer);
      reject(new AppGone('The process of the function app has died.'));
    }
    pending.clear();
  });
  child.on('error', (error) => log({ level: 'error', category: 'Host.Worker', message: String(error) }));
  for (const [stream, level] of [
    [child.stdout, 'info'],
    [child.stderr, 'warn'],
  ] as const) {
    if (stream)
      createInterface(stream).on('line', (message) => log({ level, category: 'Host.Function.Console', message }));
  }
  tell({ kind: 'load', folder, files });

  function cutOff({ invocationId, functionName }: InvocationRequest): void {
    const message = `Timeout value of ${functionTimeout} ms exceeded by function '${functionName}' (Id: '${invocationId}'). The app's process is started again, as the real host does: raise functionTimeout in host.json, or do the work in smaller steps.`;
    log({ level: 'error', category: 'Host.Worker', message });
    answer(invocationId, { ok: false, message, stack: '' });
    kill();
  }

  return {
    pid: child.pid,
    invoke: (request) =>
      new Promise((resolve, reject) => {
        const timer = functionTimeout === null ? undefined : setTimeout(() => cutOff(request), functionTimeout);
        timer?.unref();
        pending.set(request.invocationId, { resolve, reject, timer });
        tell({ kind: 'invoke', request });
      }),
    stop: async () => {
      const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      tell({ kind: 'terminate' });
      const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_STOP_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

function categoryOf({ functionName, system }: { functionName?: string; system: boolean }): string {
  if (functionName === undefined) return 'Host.Worker';
  return `Function.${functionName}${system ? '' : '.User'}`;
}
