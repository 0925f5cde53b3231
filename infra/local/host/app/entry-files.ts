import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files that `main` of the app's package.json names: a path or a glob. Nothing found is an error for people. */
export function entryFiles(folder: string): string[] {
  let main: unknown;
  try {
    main = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).main;
  } catch (error) {
    throw new Error(
      `${join(folder, 'package.json')} cannot be read (${String(error)}). --app must name the folder of a function app.`,
    );
  }
  if (typeof main !== 'string')
    throw new Error(
      `${join(folder, 'package.json')} has no "main": name the file (or glob) that registers the functions.`,
    );
  const files = globSync(main, { cwd: folder }).sort();
  if (files.length === 0)
    throw new Error(`There is no ${join(folder, main)}, which "main" of package.json names. Build the app first.`);
  return files.map((file) => join(folder, file));
}
