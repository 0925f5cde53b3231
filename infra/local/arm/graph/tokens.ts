import { QueryError } from './query-error.ts';

/** One word of a query: where it stands is told in errors. */
export type Token = {
  readonly kind: 'name' | 'string' | 'number' | 'symbol' | 'end';
  readonly text: string;
  readonly at: number;
};

const patterns: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /(?:\s+|\/\/[^\n]*)/y],
  ['string', /@'(?:[^']|'')*'|@"(?:[^"]|"")*"|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/y],
  ['number', /\d+(?:\.\d+)?/y],
  // `in~` and the negated word operators are one word each; `project-away` too.
  ['name', /\$left|\$right|!?in~|!(?:in|contains|startswith|endswith)\b|project-away|[A-Za-z_][A-Za-z0-9_]*/y],
  ['symbol', /==|=~|!=|!~|<=|>=|[=<>()[\],.|-]/y],
];

/** Splits a query into tokens, the last one being the end. Refuses what no part of the language begins with. */
export function tokenize(query: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < query.length) {
    const token = tokenAt(query, at);
    at += token.length;
    if (token.kind !== 'space') tokens.push({ kind: token.kind, text: token.text, at: at - token.length });
  }
  return [...tokens, { kind: 'end', text: '', at }];
}

function tokenAt(query: string, at: number) {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(query)?.[0];
    if (found !== undefined) return { kind, text: kind === 'string' ? unquoted(found) : found, length: found.length };
  }
  throw new QueryError(
    'ParserFailure',
    `ParserFailure at position ${at}: '${query.slice(at, at + 20)}' is not understood.`,
  );
}

function unquoted(text: string): string {
  if (text.startsWith('@')) return text.slice(2, -1).replaceAll(text.charAt(1).repeat(2), text.charAt(1));
  const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r' };
  return text.slice(1, -1).replace(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter);
}
