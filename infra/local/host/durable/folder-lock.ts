import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

// As long as a host that is being stopped may take.
const PATIENCE_MS = 2500;

/**
 * Takes the folder for this host: two hosts on one state would do everything twice. It is a database lock, so the
 * operating system frees it however the process ends.
 */
export function lockFolder(folder: string): { release: () => void } {
  const lock = new DatabaseSync(join(folder, 'host.lock'), { timeout: PATIENCE_MS });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    const reason = String(error);
    if (!reason.includes('locked'))
      throw new Error(`${join(folder, 'host.lock')} cannot be used (${reason}). Remove it: it holds no state.`);
    throw new Error(`${folder} is in use by another host. Stop that one, or choose another folder with --data.`);
  }
  return { release: () => lock.close() };
}
