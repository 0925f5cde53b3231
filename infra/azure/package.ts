import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'dist', 'package');

/**
 * Puts together in `dist/package`, and in `dist/package.zip`, what is deployed to the function app: host.json, the bundle, and a
 * package.json that only names it. Dependencies and scripts are left out of it, so that no deployment tool tries to install or build.
 */
async function stagePackage(): Promise<void> {
  const { name, version, main }: { name: string; version: string; main: string } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  );
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'dist'), { recursive: true });
  await copyFile(join(root, 'host.json'), join(folder, 'host.json'));
  await copyFile(join(root, main), join(folder, main));
  await writeFile(join(folder, 'package.json'), `${JSON.stringify({ name, version, private: true, main }, null, 2)}\n`);
  await writeFile(`${folder}.zip`, await zipped(['host.json', 'package.json', main]));
}

/** The same bytes for the same files: their times stay out of it. */
async function zipped(names: readonly string[]): Promise<Uint8Array> {
  const entries = names.map(async (name) => [name, await readFile(join(folder, name))] as const);
  return zipSync(Object.fromEntries(await Promise.all(entries)), { level: 9, mtime: '1980-01-01T00:00:00Z' });
}

await stagePackage();
