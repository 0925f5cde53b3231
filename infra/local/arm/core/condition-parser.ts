/** A condition of a role assignment (version 2.0), parsed: the part of the language that assignments of roles use. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'action' | 'subOperation'; readonly names: readonly string[] }
  | {
      readonly kind: 'attribute';
      readonly source: 'Request' | 'Resource';
      readonly name: string;
      readonly quantifier: Quantifier;
      readonly comparison: Comparison;
      readonly values: readonly string[];
    };

export type Quantifier = 'AnyOfAny' | 'AnyOfAll' | 'AllOfAny' | 'AllOfAll';
export type Comparison = (typeof comparisons)[number];

const comparisons = [
  'GuidEquals',
  'GuidNotEquals',
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
  'StringLike',
  'StringStartsWith',
] as const;

const token = /\s*(@\w+\[[^\]]+\]|\{[^}]*\}|'[^']*'|&&|\|\||[!()]|[A-Za-z][A-Za-z:]*)/y;

/** Parses a condition. Throws an Error that tells what is not understood: nothing of a condition is ever skipped. */
export function parseCondition(text: string): Condition {
  const tokens = tokenized(text.trim());
  let index = 0;
  const peek = () => tokens[index] ?? '';
  const next = () => tokens[index++] ?? '';
  const take = (...wanted: readonly string[]) => wanted.includes(peek().toUpperCase()) && next() !== '';

  function either(): Condition {
    let left = both();
    while (take('OR', '||')) left = { kind: 'or', left, right: both() };
    return left;
  }

  function both(): Condition {
    let left = single();
    while (take('AND', '&&')) left = { kind: 'and', left, right: single() };
    return left;
  }

  function single(): Condition {
    if (take('!', 'NOT')) return { kind: 'not', of: single() };
    if (take('(')) {
      const inner = either();
      if (!take(')')) throw new Error(`A condition lacks a ')' before '${peek()}'.`);
      return inner;
    }
    if (take('ACTIONMATCHES')) return { kind: 'action', names: valuesOf(next()) };
    if (take('SUBOPERATIONMATCHES')) return { kind: 'subOperation', names: valuesOf(next()) };
    return attribute(next(), next(), next());
  }

  const condition = either();
  if (index < tokens.length) throw new Error(`A condition goes on after its end: '${peek()}'.`);
  return condition;
}

function attribute(reference: string, operator: string, values: string): Condition {
  const [, source, name] = /^@(Request|Resource)\[(.+)\]$/.exec(reference) ?? [];
  const [, quantifier, word] = /^(?:For(AnyOfAny|AnyOfAll|AllOfAny|AllOfAll)Values:)?(\w+)$/.exec(operator) ?? [];
  const comparison = comparisons.find((known) => known === word);
  if ((source !== 'Request' && source !== 'Resource') || name === undefined || comparison === undefined) {
    throw new Error(`A condition says '${reference} ${operator}', which is not understood.`);
  }
  return {
    kind: 'attribute',
    source,
    name,
    quantifier: quantifierOf(quantifier),
    comparison,
    values: valuesOf(values),
  };
}

function quantifierOf(text: string | undefined): Quantifier {
  return text === 'AnyOfAll' || text === 'AllOfAny' || text === 'AllOfAll' ? text : 'AnyOfAny';
}

function valuesOf(text: string): readonly string[] {
  if (!/^(\{.*\}|'.*')$/s.test(text)) throw new Error(`A condition has '${text}' in the place of values.`);
  const list = text.startsWith('{') ? text.slice(1, -1).split(',') : [text];
  return list.map((value) => value.trim().replace(/^'(.*)'$/, '$1'));
}

function tokenized(text: string): readonly string[] {
  const tokens: string[] = [];
  let at = 0;
  while (at < text.length) {
    token.lastIndex = at;
    const found = token.exec(text);
    if (found?.[1] === undefined)
      throw new Error(`A condition is not understood from '${text.slice(at, at + 30)}' on.`);
    tokens.push(found[1]);
    at = token.lastIndex;
  }
  return tokens;
}
