import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDataFolder } from '../../infra/local/world/data-folder.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'flowkeeper-data-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const keep = { fresh: false };

it('a folder is new until the simulator has kept an estate in it', () => {
  const first = openDataFolder(join(dir, 'data'), keep);
  expect(first.isNew).toBe(true);
  first.release();
  const estate = new DatabaseSync(join(dir, 'data', 'arm.sqlite'));
  estate.exec('CREATE TABLE resources (id TEXT)');
  estate.close();
  const second = openDataFolder(join(dir, 'data'), keep);
  expect(second.isNew).toBe(false);
  second.release();
});

it('a folder is held by one at a time', () => {
  const held = openDataFolder(dir, keep);
  expect(() => openDataFolder(dir, keep)).toThrow(/^Another start uses the data folder/);
  expect(() => openDataFolder(dir, { fresh: true })).toThrow(/^Another start uses the data folder/);
  held.release();
  openDataFolder(dir, keep).release();
});

it("somebody else's folder is never touched, not even to begin anew", () => {
  writeFileSync(join(dir, 'thesis.txt'), 'years of work');
  expect(() => openDataFolder(dir, { fresh: true })).toThrow(/holds files that are not Flowkeeper's/);
  expect(readdirSync(dir)).toEqual(['thesis.txt']);
});

it("a file of somebody else's in our folder is left where it is", () => {
  writeFileSync(join(dir, 'env.json'), 'stale, of a run that never came to make its lock');
  openDataFolder(dir, keep).release();
  writeFileSync(join(dir, 'notes.txt'), 'mine');
  writeFileSync(join(dir, 'arm.sqlite'), '');
  openDataFolder(dir, { fresh: true }).release();
  expect(readdirSync(dir).sort()).toEqual(['lock.sqlite', 'notes.txt']);
});

it('a file is no folder', () => {
  writeFileSync(join(dir, 'file'), '');
  expect(() => openDataFolder(join(dir, 'file'), keep)).toThrow(/can't be used .*--data DIR$/);
});

it.each(['estate.json', 'arm.sqlite', 'host.sqlite', 'host-keys.json', 'azurite/__azurite_db_table__.json'])(
  'damage is told in one line, env.json is gone all the same, and --fresh ends it: %s',
  (name) => {
    openDataFolder(dir, keep).release();
    mkdirSync(join(dir, 'azurite'));
    writeFileSync(join(dir, 'env.json'), 'of a run that was killed');
    writeFileSync(
      join(dir, name),
      'this is neither a database\nnor JSON, but long enough to be taken for one'.repeat(20),
    );

    expect(() => openDataFolder(dir, keep)).toThrow(
      /^The data folder \S+ is damaged: \S+ can't be read \(.*\)\. Begin anew with --fresh/,
    );
    expect(existsSync(join(dir, 'env.json'))).toBe(false);
    openDataFolder(dir, { fresh: true }).release();
    openDataFolder(dir, keep).release();
    expect(readdirSync(dir)).toEqual(['lock.sqlite']);
  },
);

it('a database that lost everything is damage, too', () => {
  openDataFolder(dir, keep).release();
  writeFileSync(join(dir, 'arm.sqlite'), '');
  expect(() => openDataFolder(dir, keep)).toThrow(/arm\.sqlite can't be read \(the file is empty\)/);
});

it('a damaged lock holds no state and is made anew', () => {
  writeFileSync(join(dir, 'lock.sqlite'), 'this is no database, but long enough to be taken for one'.repeat(20));
  const held = openDataFolder(dir, keep);
  expect(() => openDataFolder(dir, keep)).toThrow(/^Another start uses the data folder/);
  held.release();
});
