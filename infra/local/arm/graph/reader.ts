import { QueryError } from './query-error.ts';
import type { Token } from './tokens.ts';

/** Reads tokens one after the other. Keywords of the language are lower case, as in Kusto. */
export type Reader = {
  peek(ahead?: number): Token;
  next(): Token;
  /** Takes the next token when it is this symbol or keyword. */
  take(text: string): boolean;
  expect(text: string): void;
  name(): string;
  fail(wanted: string): never;
};

/** A reader at the first of the tokens. */
export function createReader(tokens: readonly Token[]): Reader {
  let index = 0;
  const end: Token = { kind: 'end', text: '', at: 0 };
  const reader: Reader = {
    peek: (ahead = 0) => tokens[index + ahead] ?? end,
    next() {
      const token = reader.peek();
      index += 1;
      return token;
    },
    take(text) {
      const token = reader.peek();
      if (token.kind === 'string' || token.kind === 'end' || token.text !== text) return false;
      index += 1;
      return true;
    },
    expect(text) {
      if (!reader.take(text)) reader.fail(`'${text}'`);
    },
    name() {
      return reader.peek().kind === 'name' ? reader.next().text : reader.fail('a name');
    },
    fail(wanted) {
      const token = reader.peek();
      const found = token.kind === 'end' ? 'the end of the query' : `'${token.text}'`;
      throw new QueryError(
        'ParserFailure',
        `ParserFailure at position ${token.at}: expected ${wanted}, found ${found}.`,
      );
    },
  };
  return reader;
}
