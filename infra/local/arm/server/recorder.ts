import { createHash, randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ArmResponse } from '../core/exchange.ts';
import type { Json } from '../core/json.ts';

/** A request and its answer, as far as OpenAPI documents say something about them. */
export type Recorded = {
  readonly method: string;
  readonly url: URL;
  readonly body: Json | undefined;
  /** `null` when the answer was lost on purpose. */
  readonly response: ArmResponse | null;
};

/**
 * Appends exchanges to a file of its own in a folder, as lines of JSON, for checking whole runs against OpenAPI documents. What differs
 * from an earlier one in GUIDs, numbers and poll signatures alone is left out. Tokens are not in it: request headers are left out.
 */
export function createRecorder(folder: string): (exchange: Recorded) => void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${randomUUID()}.ndjson`);
  const seen = new Set<string>();
  return ({ method, url, body, response }) => {
    if (response === null) return;
    const { status, headers, body: answer } = response;
    const line = JSON.stringify({ method, url: `${url.pathname}${url.search}`, body, status, headers, answer });
    const kind = kindOf(JSON.stringify([method, url.pathname, body, status, answer]));
    if (seen.has(kind)) return;
    seen.add(kind);
    appendFileSync(file, `${line}\n`);
  };
}

function kindOf(text: string): string {
  const alike = text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, 'guid').replace(/\d+/g, '0');
  return createHash('sha256').update(alike).digest('base64');
}
