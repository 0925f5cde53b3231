import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface LogEntry {
  time: string;
  level: string;
  category: string;
  message: string;
  invocationId?: string;
}

/** The embedded host as its users run it: a process of its own, with its state in a folder. */
export interface HostProcess {
  url: string;
  /** Base of the management API that needs no key. */
  rpc: string;
  data: string;
  pid: number;
  appPid(): number;
  keys: { function: string; master: string; eventgrid: string; durabletask: string };
  log: LogEntry[];
  /** SIGKILL, and the wait for its end. */
  kill(): Promise<void>;
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>;
}

export interface HostProcessOptions {
  app: string;
  data?: string;
  port?: number;
  env?: Record<string, string>;
  args?: string[];
}

const MAIN = join(import.meta.dirname, '../../../infra/local/host/main.ts');
const started = new Set<ChildProcess>();
const folders = new Set<string>();

/** A folder for a test's files, removed by `cleanUp`. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'host-test-'));
  folders.add(folder);
  return folder;
}

/** Starts a host and waits until it is ready; rejects with what it wrote when it ends before. */
export async function startHostProcess(options: HostProcessOptions): Promise<HostProcess> {
  const data = options.data ?? temporaryFolder();
  const args = [
    '--app',
    options.app,
    '--data',
    data,
    '--port',
    String(options.port ?? 0),
    '--log',
    'json',
    ...(options.args ?? []),
  ];
  const child = fork(MAIN, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...options.env },
    execArgv: [],
  });
  started.add(child);
  const log: LogEntry[] = [];
  let errors = '';
  if (child.stdout) createInterface(child.stdout).on('line', (line) => log.push(JSON.parse(line)));
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  let appPid = 0;
  const ready = await new Promise<{ url: string }>((resolve, reject) => {
    child.on('message', (message: { kind: string; url: string; appPid: number }) => {
      appPid = message.appPid;
      if (message.kind === 'ready') resolve(message);
    });
    void ended.then((code) => reject(new Error(`The host ended with ${code}: ${errors}`)));
  });
  const finish = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const code = await ended;
    started.delete(child);
    return code;
  };
  return {
    url: ready.url,
    rpc: `${ready.url}/durabletask`,
    data,
    pid: child.pid ?? 0,
    appPid: () => appPid,
    keys: JSON.parse(readFileSync(join(data, 'host-keys.json'), 'utf8')),
    log,
    kill: async () => void (await finish('SIGKILL')),
    stop: () => finish('SIGTERM'),
  };
}

/** Ends every host that a test left running, and removes its folders. */
export async function cleanUp(): Promise<void> {
  await Promise.all(
    [...started].map(
      (child) =>
        new Promise<void>((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null) return resolve();
          child.once('exit', () => resolve());
          child.kill('SIGKILL');
        }),
    ),
  );
  started.clear();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

/** Asks until the answer is something, at most `seconds` long. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  seconds = 90,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`Within ${seconds} s it did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
