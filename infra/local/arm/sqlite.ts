import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Change, Kept, Persistence } from './core/persistence.ts';

/** What the simulator's database offers besides the state of the store: single values and the journal. */
export type Database = {
  readonly persistence: Persistence;
  readValue(name: string): string | undefined;
  writeValue(name: string, value: string): void;
  appendJournal(line: string): number;
  readJournal(since: number): Iterable<{ readonly seq: number; readonly line: string }>;
  close(): void;
};

const keptJournalLines = 1_000_000;

/**
 * Opens the database of a data folder, or makes it. Write-ahead logging without syncing: what is committed survives the
 * death of the process, though not of the machine.
 */
export function openDatabase(file: string): Database {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
    CREATE TABLE IF NOT EXISTS kept (kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (kind, key));
    CREATE TABLE IF NOT EXISTS single (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS journal (seq INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL);
  `);
  database.prepare('DELETE FROM journal WHERE seq <= (SELECT max(seq) FROM journal) - ?').run(keptJournalLines);
  const insert = database.prepare('INSERT INTO kept VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value');
  const remove = database.prepare('DELETE FROM kept WHERE kind = ? AND key = ?');
  const append = database.prepare('INSERT INTO journal (line) VALUES (?)');
  const journal = database.prepare('SELECT seq, line FROM journal WHERE seq > ? ORDER BY seq');
  const read = database.prepare('SELECT value FROM single WHERE name = ?');
  const write = database.prepare('INSERT INTO single VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value');

  function writeAll(changes: readonly Change[]): void {
    database.exec('BEGIN');
    for (const { kind, key, value } of changes) {
      if (value === null) remove.run(kind, key);
      else insert.run(kind, key, JSON.stringify(value));
    }
    database.exec('COMMIT');
  }

  return {
    persistence: { load: () => loadAll(database), write: writeAll },
    readValue: (name) => z.object({ value: z.string() }).safeParse(read.get(name)).data?.value,
    writeValue: (name, value) => void write.run(name, value),
    appendJournal: (line) => Number(append.run(line).lastInsertRowid),
    readJournal: function* (since) {
      for (const row of journal.iterate(since)) yield { seq: Number(row.seq), line: String(row.line) };
    },
    close: () => database.close(),
  };
}

// What was written by this program is read back as it was; its shape is not checked again.
function* loadAll(database: DatabaseSync): Iterable<Kept> {
  for (const row of database.prepare('SELECT kind, value FROM kept ORDER BY rowid').iterate()) {
    yield { kind: String(row.kind), value: JSON.parse(String(row.value)) } as Kept;
  }
}
