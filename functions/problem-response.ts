import type { HttpResponseInit } from '@azure/functions';
import { z } from 'zod';
import type { Violation } from '../shared/violations.ts';

/** An answer of RFC 9457. */
export const problemAnswer = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  /** Everything that is wrong, and where. */
  problems: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
});

/** More would tell nobody more, and a body may be wrong in a million places. */
const mostProblems = 100;

/** An answer of RFC 9457: what was wrong, and every violation with its path (the first hundred of very many). */
export function problemResponse(
  status: number,
  title: string,
  problems: readonly Violation[] = [],
  detail?: string,
): HttpResponseInit {
  const more = problems.length - mostProblems;
  const whole = [detail, more > 0 ? `${more} more problems are left out.` : undefined].filter((text) => text).join(' ');
  const body: z.infer<typeof problemAnswer> = {
    type: 'about:blank',
    title,
    status,
    ...(whole ? { detail: whole } : {}),
    ...(problems.length > 0 ? { problems: problems.slice(0, mostProblems) } : {}),
  };
  // A 401 has to say how one signs in (RFC 9110, 15.5.2).
  const challenge = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
  const headers = { 'content-type': 'application/problem+json', ...challenge };
  return { status, headers, body: JSON.stringify(body) };
}
