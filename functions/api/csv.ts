import type { HttpResponseInit } from '@azure/functions';
import { stringify } from 'csv-stringify/sync';

type Cell = string | number | boolean | null;

/**
 * Rows as CSV of RFC 4180, the names of the columns first. What a spreadsheet would take for a formula is quoted with an
 * apostrophe (owasp.org/www-community/attacks/CSV_Injection): names and tags are other people's texts.
 */
export function csvResponse(
  fileName: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): HttpResponseInit {
  const body = stringify(
    [columns, ...rows].map((row) => row.map(textOf)),
    {
      record_delimiter: 'windows',
      escape_formulas: true,
    },
  );
  const headers = {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${fileName}"`,
  };
  return { status: 200, headers, body };
}

function textOf(cell: Cell): string {
  return cell === null ? '' : String(cell);
}

/** Whether a caller asks for CSV: outright, or by the kind of content that it accepts. */
export function wantsCsv(format: 'json' | 'csv' | undefined, accept: string | null): boolean {
  if (format) return format === 'csv';
  return /(^|,)\s*text\/csv\b/i.test(accept ?? '');
}
