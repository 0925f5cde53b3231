import { type Comparison, type Condition, parseCondition, type Quantifier } from './condition-parser.ts';

/** What a condition can ask about: the action, and attributes of the request and of the resource by their full name. */
export type ConditionFacts = {
  readonly action: string;
  readonly subOperation?: string | undefined;
  readonly request?: Attributes | undefined;
  readonly resource?: Attributes | undefined;
};

export type Attributes = { readonly [name: string]: string | undefined };

/** Says whether a condition holds. One that cannot be understood never does. */
export function conditionHolds(text: string, facts: ConditionFacts): boolean {
  const condition = parsed(text);
  return condition !== undefined && holds(condition, facts);
}

const known = new Map<string, Condition | undefined>();

function parsed(text: string): Condition | undefined {
  if (!known.has(text)) {
    try {
      known.set(text, parseCondition(text));
    } catch {
      known.set(text, undefined);
    }
  }
  return known.get(text);
}

function holds(condition: Condition, facts: ConditionFacts): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, facts) && holds(condition.right, facts);
    case 'or':
      return holds(condition.left, facts) || holds(condition.right, facts);
    case 'not':
      return !holds(condition.of, facts);
    case 'action':
      return condition.names.some((name) => isSame(name, facts.action));
    case 'subOperation':
      return condition.names.some((name) => isSame(name, facts.subOperation ?? ''));
    case 'attribute': {
      // A request that leaves the attribute out does not meet the condition.
      const value = (condition.source === 'Request' ? facts.request : facts.resource)?.[condition.name];
      return (
        value !== undefined &&
        quantified(condition.quantifier, condition.values, (wanted) => compare(condition.comparison, value, wanted))
      );
    }
  }
}

// An attribute has one value here, so only the second half of the quantifier matters.
function quantified(quantifier: Quantifier, values: readonly string[], test: (value: string) => boolean): boolean {
  return quantifier.endsWith('OfAll') ? values.every(test) : values.some(test);
}

function compare(comparison: Comparison, value: string, wanted: string): boolean {
  switch (comparison) {
    case 'GuidEquals':
    case 'StringEqualsIgnoreCase':
      return isSame(value, wanted);
    case 'GuidNotEquals':
    case 'StringNotEqualsIgnoreCase':
      return !isSame(value, wanted);
    case 'StringEquals':
      return value === wanted;
    case 'StringNotEquals':
      return value !== wanted;
    case 'StringStartsWith':
      return value.startsWith(wanted);
    case 'StringLike':
      return new RegExp(
        `^${wanted
          .replace(/[.\\+^${}()|[\]]/g, '\\$&')
          .replaceAll('*', '.*')
          .replaceAll('?', '.')}$`,
      ).test(value);
  }
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
