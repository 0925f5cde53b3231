/**
 * Whether a text is like a pattern, in which `*` stands for any run of characters; without case. Not by a regular
 * expression: those try every way to share a text among many stars, which takes minutes.
 */
export function likePattern(text: string, pattern: string): boolean {
  const whole = text.toLowerCase();
  const [first = '', ...parts] = pattern.toLowerCase().split('*');
  const last = parts.pop();
  if (last === undefined) return whole === first;
  if (!whole.startsWith(first)) return false;
  let end = first.length;
  for (const part of parts) {
    const found = whole.indexOf(part, end);
    if (found < 0) return false;
    end = found + part.length;
  }
  return whole.endsWith(last) && whole.length - last.length >= end;
}
