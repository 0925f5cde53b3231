import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { removeEnvironmentFile } from './env-file.ts';
import { StartError } from './start-error.ts';

const lockFile = 'lock.sqlite';
/** What a run leaves in its folder, SQLite's side files included. */
const ours =
  /^((lock|arm|host)\.sqlite.*|(env|estate|ports|host-keys|local\.settings)\.json|\.env-.*|run\.log|azurite|certs)$/;

/** The folder that keeps everything of one local run; held by one process until `release`. */
export type DataFolder = {
  readonly path: string;
  /** False when the estate and the work of a former run are there to go on from. */
  readonly isNew: boolean;
  /** Whether the former run was killed: its processes may need a moment more to end. */
  readonly wasKilled: boolean;
  readonly release: () => void;
};

/**
 * Takes the data folder for this process, removes an `env.json` that is no longer true, empties the folder when `fresh`, and refuses one
 * that is in use, foreign or damaged.
 * The lock is a database lock, so the operating system frees it with the process, however that ends.
 */
export function openDataFolder(dir: string, options: { readonly fresh: boolean }): DataFolder {
  const path = resolve(dir);
  const entries = listOrCreate(path);
  if (!entries.includes(lockFile) && !entries.every((entry) => ours.test(entry))) {
    throw new StartError(`${path} holds files that are not Flowkeeper's. Choose another folder: --data DIR`);
  }
  const lock = takeLock(path);
  const wasKilled = removeEnvironmentFile(path);
  try {
    if (options.fresh) {
      const old = entries.filter((entry) => ours.test(entry) && !entry.startsWith(lockFile));
      for (const entry of old) rmSync(join(path, entry), { recursive: true, force: true });
    } else {
      refuseDamaged(path);
    }
    return { path, isNew: !existsSync(join(path, 'arm.sqlite')), wasKilled, release: () => lock.close() };
  } catch (error) {
    lock.close();
    throw error;
  }
}

function listOrCreate(path: string): readonly string[] {
  try {
    mkdirSync(path, { recursive: true });
    return readdirSync(path);
  } catch (error) {
    throw new StartError(`The data folder ${path} can't be used (${reasonOf(error)}). Choose another one: --data DIR`);
  }
}

function takeLock(path: string): DatabaseSync {
  const file = join(path, lockFile);
  try {
    return lockDatabase(file);
  } catch (error) {
    if (reasonOf(error).includes('locked')) {
      throw new StartError(
        `Another start uses the data folder ${path}. Stop it first, or choose another folder: --data DIR`,
      );
    }
    rmSync(file, { recursive: true }); // damaged: it holds no state, so a new one is as good
    return lockDatabase(file);
  }
}

function lockDatabase(file: string): DatabaseSync {
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Looks into every file that holds state, so that damage is told here in one line and not by whoever stumbles over it later. */
function refuseDamaged(path: string): void {
  for (const name of ['arm.sqlite', 'host.sqlite']) {
    if (existsSync(join(path, name))) checkDatabase(path, name);
  }
  const azurite = existsSync(join(path, 'azurite')) ? readdirSync(join(path, 'azurite')) : [];
  const documents = azurite.filter((name) => name.endsWith('.json')).map((name) => join('azurite', name));
  for (const name of ['estate.json', 'host-keys.json', ...documents]) {
    if (existsSync(join(path, name))) checkJson(path, name);
  }
}

function checkDatabase(path: string, name: string): void {
  let verdict: unknown;
  try {
    // SQLite takes an empty file for a new database; here it is one that lost everything.
    if (statSync(join(path, name)).size === 0) throw new Error('the file is empty');
    const database = new DatabaseSync(join(path, name));
    try {
      verdict = database.prepare('PRAGMA quick_check(1)').get()?.quick_check;
    } finally {
      database.close();
    }
  } catch (error) {
    verdict = reasonOf(error);
  }
  if (verdict !== 'ok') throw new StartError(damaged(path, name, oneLine(String(verdict))));
}

function checkJson(path: string, name: string): void {
  try {
    JSON.parse(readFileSync(join(path, name), 'utf8'));
  } catch (error) {
    throw new StartError(damaged(path, name, reasonOf(error)));
  }
}

function damaged(path: string, name: string, reason: string): string {
  return `The data folder ${path} is damaged: ${name} can't be read (${reason}). Begin anew with --fresh, which empties it.`;
}

function reasonOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error));
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
