import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { run } from '../../infra/azure/run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the zip that is deployed, unpacked elsewhere, passes the demo', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'package-'));
  try {
    expect(await run(process.execPath, ['infra/azure/package.ts'])).toMatchObject({ exitCode: 0, stderr: '' });
    const zip = await readFile(join(root, 'dist/package.zip'));
    expect(zip.byteLength).toBeLessThan(10_000_000);
    for (const [name, content] of Object.entries(unzipSync(zip))) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    const demo = await run(process.execPath, ['infra/local/demo.ts', '--app', folder]);
    expect({ exitCode: demo.exitCode, stderr: demo.stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(demo.stdout).toContain('All is as it should be');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
