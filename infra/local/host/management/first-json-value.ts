import { parseJson } from '../engine/lenient-json.ts';

/** The first JSON value in a text; what follows is ignored, as the extension's reader does. Throws when there is none. */
export function firstJsonValue(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    const end = endOfFirstValue(text);
    if (end === null || end === text.length) throw error;
    return parseJson(text.slice(0, end));
  }
}

/** Where the object, array or quoted text at the beginning ends; null if it is something else or does not end. */
function endOfFirstValue(text: string): number | null {
  let depth = 0;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const c = text.charAt(at);
    if (quote) {
      if (c === '\\') at++;
      else if (c === quote) quote = '';
    } else if (c === '"' || c === "'") quote = c;
    else if (c === '{' || c === '[') depth++;
    else if (c === '}' || c === ']') depth--;
    else if (depth === 0 && !/\s/.test(c)) return null;
    if (depth === 0 && !quote && !/\s/.test(c)) return at + 1;
  }
  return null;
}
