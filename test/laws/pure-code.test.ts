import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { expect, test } from 'vitest';

// What decides is pure: it has no other dependency than its inputs. So it may not even reach for a clock, for chance, for
// the environment, or for anything that does.

const root = join(import.meta.dirname, '../../shared');
const folders = ['decide', 'plan', 'policy', 'events'];
const sources = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ path: join(folder, name), text: readFileSync(join(root, folder, name), 'utf8') })),
);

/** Outside of the folders: plain values, and libraries that are functions of their arguments. */
const plain = ['known.ts', 'problem.ts', 'resource-id.ts', 'violations.ts'];
const libraries = ['zod', 'uuid', 'leven', 'node:util'];

function isPure(path: string, imported: string): boolean {
  if (!imported.startsWith('.')) return libraries.includes(imported);
  const target = normalize(join(path, '..', imported));
  return folders.some((folder) => target.startsWith(`${folder}/`)) || plain.includes(target);
}

test.each(sources)('$path imports only what is pure', ({ path, text }) => {
  const imports = [...text.matchAll(/^import (?!type )[^;]*? from '([^']+)'/gms)].map(([, from = '']) => from);
  expect(imports.filter((from) => !isPure(path, from))).toEqual([]);
});

test.each(sources)('$path reaches for no clock, no chance, no environment and nothing that lasts', ({ text }) => {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const reaches =
    /\bnew Date\(\)|\bDate\.now\(|\bMath\.random\(|\bprocess\.|\brandomUUID\b|\bfetch\(|\bsetTimeout\(|\bawait\b|\basync\b|^(?:export )?let /gm;
  expect([...code.matchAll(reaches)].map(([found]) => found)).toEqual([]);
});

test('there is something to look at in each folder', () => {
  for (const folder of folders) expect(sources.some(({ path }) => path.startsWith(`${folder}/`))).toBe(true);
});
