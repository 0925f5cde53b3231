import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from './start-error.ts';

const maxFailuresInARow = 8;
const longestPauseMs = 1000;
const stopPatienceMs = 8000;
const readyPatienceMs = 60_000;

/** How to run one child process. `Ready` is what it says of itself, over its IPC channel, once it can be used. */
export type ChildSpec<Ready> = {
  /** What a person calls it, such as `ARM simulator`. */
  readonly name: string;
  readonly program: string;
  /** The arguments; at a restart with what the former process had said, so that it comes back on the same ports. */
  readonly args: (former: Ready | undefined) => readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined for messages that are not the ready message. */
  readonly parseReady: (message: unknown) => Ready | undefined;
  readonly onMessage?: (message: unknown) => void;
  /** Called at every ready message, the ones after restarts too. */
  readonly onReady?: (ready: Ready) => void;
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  readonly onEvent?: (event: ChildEvent) => void;
};

export type ChildEvent =
  | { readonly kind: 'ready'; readonly pid: number; readonly restarted: boolean }
  | { readonly kind: 'ended'; readonly pid: number; readonly how: string };

export type SupervisedChild<Ready> = {
  /** Resolves at the first ready message; rejects with a StartError when the process ends before it or takes longer than a minute. */
  readonly ready: Promise<Ready>;
  /** What the newest process said when it was ready; throws before `ready` has resolved. */
  readonly current: () => Ready;
  /** Settles, with the reason, once it has failed to come back too often in a row to go on trying. */
  readonly lost: Promise<StartError>;
  /** From now on it is not started again, whatever ends it (Ctrl-C reaches the children, too). */
  readonly giveUp: () => void;
  /** SIGTERM, and SIGKILL for a process that does not end by itself; resolves when it has ended. */
  readonly stop: () => Promise<void>;
};

/**
 * Starts a child process and starts it again, at once and with its former ports, whenever it ends without having been stopped.
 * The first start gets one try only: what fails then is a matter for the person, not for repetition.
 */
export function superviseChild<Ready>(spec: ChildSpec<Ready>): SupervisedChild<Ready> {
  const firstReady = Promise.withResolvers<Ready>();
  const lost = Promise.withResolvers<StartError>();
  const tooLate = setTimeout(() => {
    firstReady.reject(new StartError(`The ${spec.name} was not ready within ${readyPatienceMs / 1000} s.`));
  }, readyPatienceMs);
  firstReady.promise.catch(() => undefined).finally(() => clearTimeout(tooLate));
  let child: ChildProcess | undefined;
  let pause: NodeJS.Timeout | undefined;
  let former: Ready | undefined;
  let failuresInARow = 0;
  let isStopping = false;

  const launch = (): void => {
    const lastWords: string[] = [];
    const started = fork(spec.program, [...spec.args(former)], {
      env: { ...spec.env },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const pid = started.pid ?? 0;
    child = started;
    readLines(started.stdout, (line) => spec.onLine?.(line, 'stdout'));
    readLines(started.stderr, (line) => {
      if (line.trim() !== '') lastWords.push(line);
      if (lastWords.length > 5) lastWords.shift();
      spec.onLine?.(line, 'stderr');
    });
    started.on('message', (message) => {
      const ready = spec.parseReady(message);
      if (ready === undefined) return spec.onMessage?.(message);
      const restarted = former !== undefined;
      former = ready;
      failuresInARow = 0;
      spec.onReady?.(ready);
      spec.onEvent?.({ kind: 'ready', pid, restarted });
      firstReady.resolve(ready);
    });
    started.on('error', () => undefined);
    started.once('exit', async (code, signal) => {
      child = undefined;
      await outputEnd(started);
      if (isStopping) return;
      const how = signal === null ? `with code ${code}` : `by ${signal}`;
      const words = lastWords.length === 0 ? '' : `: ${lastWords.join(' / ')}`;
      spec.onEvent?.({ kind: 'ended', pid, how });
      if (former === undefined) {
        firstReady.reject(new StartError(`The ${spec.name} ended ${how} before it was ready${words}`));
        return;
      }
      failuresInARow += 1;
      if (failuresInARow > maxFailuresInARow) {
        lost.resolve(new StartError(`The ${spec.name} ended ${how}, ${failuresInARow} times in a row${words}`));
        return;
      }
      pause = setTimeout(launch, failuresInARow === 1 ? 0 : Math.min(longestPauseMs, 50 * 2 ** failuresInARow));
    });
  };
  launch();

  const giveUp = (): void => {
    isStopping = true;
    clearTimeout(pause);
  };
  const stop = async (): Promise<void> => {
    giveUp();
    if (child !== undefined) await endProcess(child);
    firstReady.reject(new StartError(`The ${spec.name} was stopped before it was ready.`));
  };
  const current = (): Ready => {
    if (former === undefined) throw new Error(`The ${spec.name} is not ready yet.`);
    return former;
  };
  return { ready: firstReady.promise, current, lost: lost.promise, giveUp, stop };
}

function endProcess(child: ChildProcess): Promise<void> {
  return new Promise((settle) => {
    const killer = setTimeout(() => child.kill('SIGKILL'), stopPatienceMs);
    child.once('exit', () => {
      clearTimeout(killer);
      settle();
    });
    child.kill('SIGTERM');
  });
}

/** Waits for the last lines of a process that has ended, briefly: its own children may hold its output open. */
function outputEnd(child: ChildProcess): Promise<unknown> {
  return Promise.race([new Promise((settle) => child.once('close', settle)), delay(100)]);
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on('line', onLine);
}
