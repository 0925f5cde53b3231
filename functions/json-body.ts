import type { HttpRequest } from '@azure/functions';
import type { Violation } from '../shared/violations.ts';

const limitBytes = 1024 * 1024;

export type JsonBody =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly status: 400 | 413 | 415;
      readonly why: string;
      readonly problems?: readonly Violation[];
    };

/** The body as JSON, or why it is none: another content type, too large, no UTF-8, no JSON, or a field that is given twice. */
export async function jsonBody(request: HttpRequest): Promise<JsonBody> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type))
    return {
      ok: false,
      status: 415,
      why: `The content type is ${type === '' ? 'not said' : `"${type}"`}; send application/json.`,
    };
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > limitBytes)
    return { ok: false, status: 413, why: `The body has ${bytes.byteLength} bytes; at most ${limitBytes} are read.` };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    const problems = repeatedFields(text, value);
    return problems.length === 0
      ? { ok: true, value }
      : { ok: false, status: 400, why: 'A field is given twice; which of them counts is not guessed.', problems };
  } catch (error) {
    const why = `The body is not JSON in UTF-8: ${error instanceof Error ? error.message : String(error)}`;
    return { ok: false, status: 400, why };
  }
}

/** In a text that parses as JSON, every string that a colon follows is the name of a field. */
const names = /("(?:[^"\\]|\\.)*")(\s*:)?/g;

/** `JSON.parse` keeps the last of two fields with one name and says nothing: they show by being more in the text than in the value. */
function repeatedFields(text: string, value: unknown): readonly Violation[] {
  const surplus = new Map<string, number>();
  for (const [, name, colon] of text.matchAll(names)) {
    if (name && colon) count(surplus, JSON.parse(name), 1);
  }
  countFields(value, surplus);
  const repeated = [...surplus].filter(([, more]) => more > 0);
  return repeated.map(([path]) => ({ path, message: 'This field is given twice in one object.' }));
}

function countFields(value: unknown, surplus: Map<string, number>): void {
  const open: unknown[] = [value];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one !== 'object' || one === null) continue;
    for (const [name, field] of Object.entries(one)) {
      if (!Array.isArray(one)) count(surplus, name, -1);
      open.push(field);
    }
  }
}

function count(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}
