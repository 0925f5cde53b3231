// The extension is a .NET program: what passes through it is written as .NET writes it. Apps can see the difference.

/** A value as JSON text as Newtonsoft writes it; `indent` spaces a level, none for compact text. */
export function jsonText(value: unknown, indent = 0): string {
  const text = JSON.stringify(value, null, indent);
  return ODD.test(text)
    ? text.replace(STRING_OR_NUMBER, (part) => (part.startsWith('"') ? escaped(part) : numberText(Number(part))))
    : text;
}

const ODD = /\de[+-]|0\.0000|[\u0085\u2028\u2029]/;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g;

function escaped(text: string): string {
  return text.replace(/[\u0085\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A number as .NET prints it: 1e21 becomes `1E+21`, 1e-7 becomes `1E-07`. */
export function numberText(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-4) return exponentText(value.toExponential());
  const text = String(value);
  return text.includes('e') ? exponentText(text) : text;
}

function exponentText(text: string): string {
  return text.replace(/e([+-])(\d+)$/, (_, sign, digits) => `E${sign}${String(digits).padStart(2, '0')}`);
}

/**
 * The text that an activity is given for the input in an orchestrator's action. The SDK has encoded strings once more,
 * so they pass as they are; a boolean becomes the text `True` or `False`, null and undefined become nothing.
 */
export function activityInputText(input: unknown): string | null {
  if (input === undefined || input === null) return null;
  if (typeof input === 'string') return input;
  if (typeof input === 'boolean') return input ? 'True' : 'False';
  if (typeof input === 'number') return numberText(input);
  return jsonText(input);
}

/** The UTF-16 size in whole kilobytes, as the 16 KB limit of the custom status counts it. */
export function kilobytes(text: string): number {
  return Math.floor((text.length * 2) / 1024);
}
