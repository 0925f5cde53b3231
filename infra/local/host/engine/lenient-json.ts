import JSON5 from 'json5';

/** Reads JSON text as leniently as the extension's reader does: single quotes and bare names pass. Throws on the rest. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON5.parse(text);
  }
}
