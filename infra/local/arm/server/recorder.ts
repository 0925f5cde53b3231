import { appendFileSync } from 'node:fs';
import type { Served } from './arm-listener.ts';

/**
 * Appends each exchange to a file as a line of JSON: method, url, request body, status, headers, answer. For checking
 * whole runs against OpenAPI documents. Tokens are not in it, since request headers are left out.
 */
export function createRecorder(file: string): (served: Served) => void {
  return ({ request, method, url, response }) => {
    const { status, headers, body } = response ?? { status: 0, headers: {}, body: undefined };
    const line = { method, url: `${url.pathname}${url.search}`, body: request?.body, status, headers, answer: body };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
}
