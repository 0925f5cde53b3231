import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Finished, run } from './run.ts';

const tools = fileURLToPath(new URL('../../.tools', import.meta.url));
const fetched = join(tools, 'shellcheck', 'usr', 'bin', 'shellcheck');

/** A program that checks shell scripts: ShellCheck, or where it can't be had a shell that only parses them. */
export type ShellChecker = { readonly isComplete: boolean; readonly check: (script: string) => Promise<Finished> };

/** ShellCheck as it is installed, or from Debian's package, unpacked under `.tools/`; else `sh -n`. */
export async function findShellChecker(): Promise<ShellChecker> {
  const program = (await answers('shellcheck')) ?? (await answers(fetched)) ?? (await fetchFromDebian());
  if (program === undefined) return { isComplete: false, check: (script) => run('sh', ['-n', script]) };
  return { isComplete: true, check: (script) => run(program, ['--format=gcc', script]) };
}

async function answers(program: string): Promise<string | undefined> {
  const version = await run(program, ['--version']).catch((): undefined => undefined);
  return version?.exitCode === 0 ? program : undefined;
}

/** Nothing is installed: the package is only downloaded and unpacked. Undefined where there is no apt, or no package in its lists. */
async function fetchFromDebian(): Promise<string | undefined> {
  await mkdir(tools, { recursive: true });
  const folder = await mkdtemp(join(tools, 'fetch-'));
  try {
    const inFolder = (command: string, ...args: string[]) =>
      run('sh', ['-c', `cd "$0" && ${command} "$@"`, folder, ...args]);
    const downloaded = await inFolder('apt-get', 'download', 'shellcheck');
    // New machines have no lists of packages yet; only root can fetch them.
    if (downloaded.exitCode !== 0 && (await run('apt-get', ['update']).catch(() => null))?.exitCode === 0)
      await inFolder('apt-get', 'download', 'shellcheck');
    const [archive] = (await readdir(folder)).filter((name) => name.endsWith('.deb'));
    if (archive === undefined) return undefined;
    await run('dpkg-deb', ['-x', join(folder, archive), join(folder, 'unpacked')]);
    await access(join(folder, 'unpacked', 'usr', 'bin', 'shellcheck'));
    await rm(join(tools, 'shellcheck'), { recursive: true, force: true });
    await rename(join(folder, 'unpacked'), join(tools, 'shellcheck'));
    return await answers(fetched);
  } catch {
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
