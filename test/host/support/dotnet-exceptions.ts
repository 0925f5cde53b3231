/** Cuts serialised .NET exceptions out, at any depth of quoting, whole or cut short: up to the end of their string. */
export function withoutExceptions(text: string): string {
  const found = EXCEPTION.exec(text);
  if (!found) return text;
  const depth = found[1]?.length ?? 0;
  const quotes = /(\\*)"/g;
  quotes.lastIndex = found.index + found[0].length;
  for (let quote = quotes.exec(text); quote; quote = quotes.exec(text)) {
    const outside = (quote[1]?.length ?? 0) < depth;
    if (outside) return `${text.slice(0, found.index)}‹exception›${withoutExceptions(text.slice(quote.index))}`;
  }
  return text;
}

const EXCEPTION = /\{(\\*)"\$type\1":\1"System\.[\w.]*Exception, /;
