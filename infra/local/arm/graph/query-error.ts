/** A query that Resource Graph refuses, with the code of its inner detail (`ParserFailure`, `UnknownFunction`…). */
export class QueryError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'QueryError';
    this.code = code;
  }
}
