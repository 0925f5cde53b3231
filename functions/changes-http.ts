import { odata } from '@azure/data-tables';
import type { HttpResponseInit } from '@azure/functions';
import type { HistoryRecord } from '../shared/records/stories.ts';
import { csvResponse, wantsCsv } from './api/csv.ts';
import { getChanges } from './api/operations.ts';
import { type Access, type Call, serve } from './api/serve.ts';
import { unknownContinuation } from './networks-http.ts';

/** `GET /api/changes`: who changed what, when, before and after; a page of it as JSON, or as CSV all of it. */
async function changes({ query, headers, work }: Call<typeof getChanges>): Promise<HttpResponseInit> {
  const { since, until, format, top, continuation } = query;
  const { history } = work.records;
  const filter = [since ? odata`at ge ${since}` : '', until ? odata`at lt ${until}` : '']
    .filter((part) => part !== '')
    .join(' and ');
  if (wantsCsv(format, headers.get('accept'))) {
    const all: HistoryRecord[] = [];
    for await (const one of history.list({ filter })) all.push(one);
    return csvResponse('flowkeeper-changes.csv', columns, all.sort(byTime).map(rowOf), headers.get('accept-encoding'));
  }
  const page = await history.page(top, continuation ?? null, filter);
  if (!page) return unknownContinuation;
  return { status: 200, jsonBody: { changes: page.items, continuation: page.continuation } };
}

function byTime(one: HistoryRecord, other: HistoryRecord): number {
  return one.at.localeCompare(other.at);
}

const columns = [
  'at',
  'kind',
  'resourceId',
  'reason',
  'by',
  'before',
  'after',
  'code',
  'policyHash',
  'run',
  'planId',
  'correlationId',
  'requestIds',
];

function rowOf(change: HistoryRecord) {
  const { at, kind, resourceId, reason, by, before, after, code, policyHash, run, planId, correlationId, writes } =
    change;
  const requestIds = writes.map(({ method, requestId }) => `${method} ${requestId ?? ''}`).join('; ');
  const settings = (value: unknown) => (value ? JSON.stringify(value) : null);
  return [
    at,
    kind,
    resourceId,
    reason,
    by,
    settings(before),
    settings(after),
    code,
    policyHash,
    run,
    planId,
    correlationId,
    requestIds,
  ];
}

export function registerChanges(access: Access): void {
  serve(getChanges, access, changes);
}
