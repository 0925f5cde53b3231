import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { HttpResponseInit } from '@azure/functions';
import { stringify } from 'csv-stringify/sync';
import Negotiator from 'negotiator';
import { problemResponse } from '../problem-response.ts';

type Cell = string | number | boolean | null;
type Rows = AsyncIterable<readonly Cell[]> | Iterable<readonly Cell[]>;

/** The most that is answered uncompressed, some 5,000 networks: it is held five times over until it is sent. */
const mostCharacters = 4 * 2 ** 20;
const rowsAtOnce = 500;

/**
 * Rows as CSV of RFC 4180, the names of the columns first. What a spreadsheet would take for a formula gets an apostrophe
 * in front (owasp.org/www-community/attacks/CSV_Injection): names and reasons are other people's texts. Who accepts gzip
 * (`acceptEncoding`) gets as many rows as there are: they are compressed as they come, to a twentieth or less.
 */
export async function csvResponse(
  fileName: string,
  columns: readonly string[],
  rows: Rows,
  acceptEncoding: string | null,
): Promise<HttpResponseInit> {
  const zip = acceptsGzip(acceptEncoding);
  const lines = linesOf(columns, rows);
  const body = zip ? await pipeline(lines, createGzip(), buffer) : await textOf(lines);
  if (body === null)
    return problemResponse(406, 'The CSV is too long to be sent uncompressed', [], 'Accept gzip (curl --compressed).');
  const headers = {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${fileName}"`,
    vary: 'accept-encoding',
    ...(zip ? { 'content-encoding': 'gzip' } : {}),
  };
  return { status: 200, headers, body };
}

async function textOf(lines: AsyncIterable<string>): Promise<string | null> {
  let whole = '';
  for await (const some of lines) {
    whole += some;
    if (whole.length > mostCharacters) return null;
  }
  return whole;
}

async function* linesOf(columns: readonly string[], rows: Rows): AsyncGenerator<string> {
  let some: (readonly Cell[])[] = [columns];
  for await (const row of rows) {
    some.push(row);
    if (some.length < rowsAtOnce) continue;
    yield textOfRows(some);
    some = [];
  }
  yield textOfRows(some);
}

function textOfRows(rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell))));
  return stringify(cells, { record_delimiter: 'windows', escape_formulas: true });
}

function acceptsGzip(acceptEncoding: string | null): boolean {
  const headers = { 'accept-encoding': acceptEncoding ?? '' };
  return new Negotiator({ headers }).encodings(['gzip']).includes('gzip');
}

/** Whether a caller asks for CSV: outright, or by the kind of content that it accepts. */
export function wantsCsv(format: 'json' | 'csv' | undefined, accept: string | null): boolean {
  if (format) return format === 'csv';
  const headers = { accept: accept ?? '*/*' };
  return new Negotiator({ headers }).mediaType(['application/json', 'text/csv']) === 'text/csv';
}
