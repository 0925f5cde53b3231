import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Figure, Part } from './figure.ts';

const root = join(import.meta.dirname, '../..');
const megabyte = 1_000_000;

/** How large what is deployed is, against the sources with the dependencies that would have to be deployed without a bundle. */
export const benchPackageSize: Part = async ({ say }) => {
  say('package size');
  execFileSync(process.execPath, ['infra/azure/package.ts'], { cwd: root });
  const packaged = filesIn(join(root, 'dist/package'));
  const unbundled = [
    ...dependencies(),
    ...['functions', 'orchestrations', 'shared'].map((folder) => join(root, folder)),
  ];
  const unbundledSize = sizeOf(unbundled.flatMap(filesIn));
  const zipped = packaged.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0) / megabyte;
  const size = (what: string, value: number, name: string, baseline: number): Figure => {
    return { what, unit: 'MB', value, baseline: { name, value: baseline } };
  };
  return [
    size('package', sizeOf(packaged), 'unbundled, with dependencies', unbundledSize),
    size('package', sizeOf(packaged), 'the promise', 10),
    size('package, compressed', zipped, 'not compressed', sizeOf(packaged)),
    size('bundle', sizeOf([join(root, 'dist/main.cjs')]), 'package', sizeOf(packaged)),
  ];
};

/** The folders of everything that package.json's dependencies bring along. */
function dependencies(): string[] {
  const listed = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], { cwd: root, encoding: 'utf8' });
  return listed.split('\n').filter((folder) => folder.includes('node_modules'));
}

/** The files of a folder; of a package without those nested in it, which npm lists by themselves. */
function filesIn(folder: string): string[] {
  return globSync('**/*', { cwd: folder, exclude: (name) => name === 'node_modules' })
    .map((file) => join(folder, file))
    .filter((file) => statSync(file).isFile());
}

function sizeOf(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + statSync(file).size, 0) / megabyte;
}
