import type { Log } from '../log.ts';
import { type AppFunction, findTrigger, type InvocationRequest, type InvocationResult } from './protocol.ts';
import { AppGone, startWorker, type Worker } from './worker.ts';

/** The function app in a process of its own, started again whenever that ends. */
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
  /** The files that register the functions. */
  files: string[];
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

// An app that cannot be loaded is tried ever more slowly; one that was there is back within two seconds.
const LONGEST_BACKOFF = { loading: 30_000, running: 1000 };
const FIRST_BACKOFF = 250;
const HEALTHY_AFTER = 10_000;

/** Starts the app, and again whenever it dies. */
export function startApp(options: AppOptions): AppProcess {
  const { folder, files, env, functionTimeout, log } = options;
  let worker: Worker | null = null;
  let functions: readonly AppFunction[] = [];
  let ready = false;
  let everReady = false;
  let stopping = false;
  let failures = 0;

  const begin = () => {
    if (stopping) return;
    const startedAt = Date.now();
    worker = startWorker({
      folder,
      files,
      env,
      functionTimeout,
      log,
      onLoaded: (registered) => {
        functions = registered.filter((fn) => isRun(fn, options));
        ready = true;
        options.onReady(!everReady);
        everReady = true;
      },
      onLost: () => {
        ready = false;
        options.onGone();
      },
      onEnd: (how, loadError) => {
        worker = null;
        if (stopping) return;
        if (loadError !== null) {
          log({ level: 'error', category: 'Host.Worker', message: loadError });
          options.onLoadFailed(loadError);
        }
        failures = Date.now() - startedAt > HEALTHY_AFTER ? 1 : failures + 1;
        const delay = backoff(failures, loadError === null ? 'running' : 'loading');
        const message = `The process of the function app has ended ${how}; it is started again in ${delay} ms.`;
        log({ level: 'warn', category: 'Host.Worker', message });
        setTimeout(begin, delay).unref();
      },
    });
  };
  begin();

  return {
    functions: () => functions,
    isReady: () => ready,
    pid: () => worker?.pid,
    invoke: async (request) => {
      if (!ready || !worker) throw new AppGone('The function app is not running.');
      return worker.invoke(request);
    },
    stop: async () => {
      stopping = true;
      await worker?.stop();
    },
  };
}

function backoff(failures: number, when: keyof typeof LONGEST_BACKOFF): number {
  return failures === 1 ? 0 : Math.min(LONGEST_BACKOFF[when], FIRST_BACKOFF * 2 ** (failures - 2));
}

function isRun(fn: AppFunction, { log, whyDisabled }: AppOptions): boolean {
  const category = `Function.${fn.name}`;
  const disabled = whyDisabled(fn.name);
  if (!findTrigger(fn)) log({ level: 'error', category, message: 'It is left out: it has no trigger.' });
  else if (disabled !== null) log({ level: 'info', category, message: `It is disabled: ${disabled}.` });
  else return true;
  return false;
}
