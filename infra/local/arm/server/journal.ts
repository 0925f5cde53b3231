import type { Database } from '../sqlite.ts';
import { pathOf, type Served } from './arm-listener.ts';
import type { BlobServed } from './blob-endpoint.ts';

/** One line of the journal: who asked what, and how it was answered. `status` 0 = the answer was lost on purpose. */
export type JournalLine = {
  readonly at: string;
  readonly service: 'arm' | 'blob';
  readonly method: string;
  readonly path: string;
  readonly apiVersion: string | null;
  readonly principalId: string | null;
  readonly status: number;
  readonly ms: number;
  readonly clientRequestId: string | null;
  readonly operationPoll: boolean;
};

/** Writes a served request into the journal. */
export function recordServed(
  database: Database,
  { request, method, url, clientRequestId, response, startedAt }: Served,
): void {
  const line: JournalLine = {
    at: new Date(startedAt).toISOString(),
    service: 'arm',
    method,
    path: pathOf(url),
    apiVersion: url.searchParams.get('api-version'),
    principalId: request?.caller.principalId ?? null,
    status: response?.status ?? 0,
    ms: Date.now() - startedAt,
    clientRequestId: clientRequestId ?? null,
    operationPoll: /\/(operations|operationresults)\/[^/]+$/i.test(url.pathname),
  };
  database.appendJournal(JSON.stringify(line));
}

/** Writes a request to the blob endpoint into the journal. */
export function recordBlobServed(
  database: Database,
  { principalId, method, url, clientRequestId, status, startedAt }: BlobServed,
): void {
  const line: JournalLine = {
    at: new Date(startedAt).toISOString(),
    service: 'blob',
    method,
    path: pathOf(url),
    apiVersion: null,
    principalId,
    status,
    ms: Date.now() - startedAt,
    clientRequestId: clientRequestId ?? null,
    operationPoll: false,
  };
  database.appendJournal(JSON.stringify(line));
}

/** The journal after a sequence number, as NDJSON lines. */
export function* journalLines(database: Database, since: number): Iterable<string> {
  for (const { seq, line } of database.readJournal(since)) yield `{"seq":${seq},${line.slice(1)}\n`;
}
