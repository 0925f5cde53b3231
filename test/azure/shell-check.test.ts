import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findShellChecker } from '../../infra/azure/shell-check.ts';

test('a script that would split a variable into words is refused, and one that does not is not', async (context) => {
  const shell = await findShellChecker();
  if (!shell.isComplete) context.skip('ShellCheck is not here, and is not to be had from Debian.');
  const folder = await mkdtemp(join(tmpdir(), 'shell-check-'));
  const check = async (command: string) => {
    const script = join(folder, 'script.sh');
    await writeFile(script, `#!/bin/sh\n${command}\n`);
    return shell.check(script);
  };
  try {
    expect(await check('rm "$1"')).toMatchObject({ exitCode: 0, stdout: '' });
    expect((await check('rm $1')).stdout).toContain('SC2086');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
