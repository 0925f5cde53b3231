import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Log } from '../log.ts';
import { entryFiles } from './entry-files.ts';
import {
  type AppFunction,
  type FromApp,
  findTrigger,
  type InvocationRequest,
  type InvocationResult,
  type ToApp,
} from './protocol.ts';

/** The app's process died before it had answered. Whoever asked decides whether to ask again. */
export class AppGone extends Error {}

/** The function app in its process of its own, restarted whenever it dies. */
export interface AppProcess {
  /** What the app registered when it was last loaded; empty before. */
  functions(): readonly AppFunction[];
  isReady(): boolean;
  pid(): number | undefined;
  /** Settles with the function's answer or failure; rejects with AppGone when there is no process to ask. */
  invoke(request: InvocationRequest): Promise<InvocationResult>;
  stop(): Promise<void>;
}

export interface AppOptions {
  folder: string;
  env: NodeJS.ProcessEnv;
  /** Milliseconds after which an invocation is cut off, together with the process; null for never. */
  functionTimeout: number | null;
  /** Why a function that is registered is not run; null when it is. */
  whyDisabled: (name: string) => string | null;
  log: Log;
  onReady: (first: boolean) => void;
  /** The app cannot be loaded; it is tried again all the same. */
  onLoadFailed: (message: string) => void;
  onGone: () => void;
}

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));
// An app that cannot be loaded is tried ever more slowly; one that was there is back within two seconds.
const LONGEST_BACKOFF = { loading: 30_000, running: 1000 };
const HEALTHY_AFTER = 10_000;

function isRun(fn: AppFunction, { log, whyDisabled }: AppOptions): boolean {
  const category = `Function.${fn.name}`;
  const disabled = whyDisabled(fn.name);
  if (!findTrigger(fn)) log({ level: 'error', category, message: 'It is left out: it has no trigger.' });
  else if (disabled !== null) log({ level: 'info', category, message: `It is disabled: ${disabled}.` });
  else return true;
  return false;
}

interface Pending {
  resolve: (result: InvocationResult) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout | undefined;
}

/** Starts the app, and again whenever it dies. A folder without an app to load is an error at once. */
export function startApp(options: AppOptions): AppProcess {
  const files = entryFiles(options.folder);
  const pending = new Map<string, Pending>();
  let child: ChildProcess | null = null;
  let functions: readonly AppFunction[] = [];
  let ready = false;
  let everReady = false;
  let stopping = false;
  let failures = 0;
  let wasReady = false;

  const tell = (message: ToApp) => child?.send(message);
  const unready = () => {
    ready = false;
    options.onGone();
  };
  const cut = (message: string) => {
    options.log({ level: 'error', category: 'Host.Worker', message });
    unready();
    child?.kill('SIGKILL');
  };
  const gone = (startedAt: number) => {
    unready();
    child = null;
    for (const { reject, timer } of pending.values()) {
      clearTimeout(timer);
      reject(new AppGone('The process of the function app has died.'));
    }
    pending.clear();
    if (stopping) return;
    failures = Date.now() - startedAt > HEALTHY_AFTER ? 1 : failures + 1;
    const delay =
      failures === 1 ? 0 : Math.min(LONGEST_BACKOFF[wasReady ? 'running' : 'loading'], 250 * 2 ** (failures - 2));
    options.log({
      level: 'warn',
      category: 'Host.Worker',
      message: `The process of the function app has died; it is started again in ${delay} ms.`,
    });
    setTimeout(begin, delay).unref();
  };
  const take = (message: FromApp) => {
    if (message.kind === 'loaded') {
      functions = message.functions.filter((fn) => isRun(fn, options));
      wasReady = true;
      ready = true;
      options.onReady(!everReady);
      everReady = true;
    } else if (message.kind === 'load-failed') {
      const failure = `The function app cannot be loaded, its own error is: ${message.message}`;
      cut(failure);
      options.onLoadFailed(failure);
    } else if (message.kind === 'log') {
      const category = message.functionName
        ? `Function.${message.functionName}${message.system ? '' : '.User'}`
        : 'Host.Worker';
      options.log({ level: message.level, category, invocationId: message.invocationId, message: message.message });
    } else {
      const waiting = pending.get(message.invocationId);
      pending.delete(message.invocationId);
      clearTimeout(waiting?.timer);
      waiting?.resolve(message.result);
    }
  };
  const begin = () => {
    if (stopping) return;
    const startedAt = Date.now();
    wasReady = false;
    const process = fork(CHILD, [], {
      cwd: options.folder,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
      execArgv: [],
    });
    child = process;
    process.on('message', take);
    process.on('exit', () => gone(startedAt));
    process.on('error', (error) => options.log({ level: 'error', category: 'Host.Worker', message: String(error) }));
    for (const [stream, level] of [
      [process.stdout, 'info'],
      [process.stderr, 'warn'],
    ] as const) {
      if (stream)
        createInterface(stream).on('line', (message) =>
          options.log({ level, category: 'Host.Function.Console', message }),
        );
    }
    tell({ kind: 'load', folder: options.folder, files });
  };
  begin();

  return {
    functions: () => functions,
    isReady: () => ready,
    pid: () => child?.pid,
    invoke: (request) =>
      new Promise((resolve, reject) => {
        if (!ready) return reject(new AppGone('The function app is not running.'));
        const timer =
          options.functionTimeout === null ? undefined : setTimeout(() => timeOut(request), options.functionTimeout);
        timer?.unref();
        pending.set(request.invocationId, { resolve, reject, timer });
        tell({ kind: 'invoke', request });
      }),
    stop: async () => {
      stopping = true;
      const last = child;
      if (!last) return;
      const exited = new Promise<void>((resolve) => last.once('exit', () => resolve()));
      tell({ kind: 'terminate' });
      const timer = setTimeout(() => last.kill('SIGKILL'), 3000);
      await exited;
      clearTimeout(timer);
    },
  };

  function timeOut(request: InvocationRequest): void {
    const { invocationId, functionName } = request;
    const message = `Timeout value of ${options.functionTimeout} ms exceeded by function '${functionName}' (Id: '${invocationId}'). The app's process is started again, as the real host does: raise functionTimeout in host.json, or do the work in smaller steps.`;
    const waiting = pending.get(invocationId);
    pending.delete(invocationId);
    waiting?.resolve({ ok: false, message, stack: '' });
    cut(message);
  }
}
