import type { HttpResponseInit } from '@azure/functions';
import type { Violation } from '../shared/violations.ts';

/** An answer of RFC 9457: what was wrong, and every violation with its path. */
export function problemResponse(
  status: number,
  title: string,
  problems: readonly Violation[] = [],
  detail?: string,
): HttpResponseInit {
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({
      type: 'about:blank',
      title,
      status,
      ...(detail ? { detail } : {}),
      ...(problems.length > 0 ? { problems } : {}),
    }),
  };
}
