import type { HttpResponseInit } from '@azure/functions';
import { stringify } from 'csv-stringify/sync';

type Cell = string | number | boolean | null;

/**
 * Rows as CSV of RFC 4180, the names of the columns first. What a spreadsheet would take for a formula gets an apostrophe
 * in front (owasp.org/www-community/attacks/CSV_Injection): names and reasons are other people's texts. Rows are taken
 * one by one, so that only the text is kept of them.
 */
export async function csvResponse(
  fileName: string,
  columns: readonly string[],
  rows: AsyncIterable<readonly Cell[]> | Iterable<readonly Cell[]>,
): Promise<HttpResponseInit> {
  let body = lineOf(columns);
  for await (const row of rows) body += lineOf(row);
  const headers = {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${fileName}"`,
  };
  return { status: 200, headers, body };
}

function lineOf(row: readonly Cell[]): string {
  return stringify([row.map(textOf)], { record_delimiter: 'windows', escape_formulas: true });
}

function textOf(cell: Cell): string {
  return cell === null ? '' : String(cell);
}

/** Whether a caller asks for CSV: outright, or by the kind of content that it accepts. */
export function wantsCsv(format: 'json' | 'csv' | undefined, accept: string | null): boolean {
  if (format) return format === 'csv';
  return /(^|,)\s*text\/csv\b/i.test(accept ?? '');
}
