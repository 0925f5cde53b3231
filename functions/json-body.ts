import type { HttpRequest } from '@azure/functions';

const limitBytes = 1024 * 1024;

/** The body as JSON, or why it is none. */
export async function jsonBody(
  request: HttpRequest,
): Promise<{ ok: true; value: unknown } | { ok: false; status: 400 | 413; why: string }> {
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > limitBytes)
    return { ok: false, status: 413, why: `The body has ${bytes.byteLength} bytes; at most ${limitBytes} are read.` };
  try {
    return { ok: true, value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch (error) {
    return {
      ok: false,
      status: 400,
      why: `The body is not JSON in UTF-8: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
