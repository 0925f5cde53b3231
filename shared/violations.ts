import { closestMatch } from 'leven';
import { z } from 'zod';

/** One thing that is wrong with what came in: where (`rules[0].destination.westeurope`), and what to write instead. */
export type Violation = { readonly path: string; readonly message: string };

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Violation[] };

/** Reads what came in by a schema: the value, or every violation. */
export function readWith<T extends z.ZodType>(schema: T, input: unknown): Read<z.output<T>> {
  const known: KnownFields = new WeakMap();
  const parsed = schema.safeParse(input, {
    // Asked for its message, and used to note what the object would have taken: the issue itself does not say.
    error: (issue) => {
      if (issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject)
        known.set(issue.keys, Object.keys(issue.inst.shape));
      return undefined;
    },
  });
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, problems: parsed.error.issues.flatMap((issue) => violationsOf(issue, [], known)) };
}

type KnownFields = WeakMap<readonly string[], readonly string[]>;

/** Unknown fields come each under their own path. */
function violationsOf(issue: z.core.$ZodIssue, above: readonly PropertyKey[], known: KnownFields): Violation[] {
  const path = [...above, ...issue.path];
  const below = (issues: readonly z.core.$ZodIssue[]) => issues.flatMap((one) => violationsOf(one, path, known));
  switch (issue.code) {
    case 'unrecognized_keys': {
      const fields = known.get(issue.keys) ?? [];
      return issue.keys.map((key) => ({ path: pathText([...path, key]), message: noSuchField(key, fields) }));
    }
    case 'invalid_key':
      return below(issue.issues);
    case 'invalid_union': {
      // The way of writing that was meant is the one whose own kind of value was given.
      const meant = issue.errors.find((issues) => issues.every((one) => one.path.length > 0 || !isOfOtherKind(one)));
      if (meant) return below(meant);
      const ways = issue.errors.flatMap((issues) => issues.map(wanted)).filter((way) => way !== '');
      return [{ path: pathText(path), message: ways.length > 0 ? `Expected ${ways.join(' or ')}.` : issue.message }];
    }
    default:
      return [{ path: pathText(path), message: issue.message }];
  }
}

function isOfOtherKind({ code }: z.core.$ZodIssue): boolean {
  return code === 'invalid_type' || code === 'invalid_value';
}

function wanted(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return issue.expected === 'record' ? 'object' : issue.expected;
  return issue.code === 'invalid_value' ? issue.values.map((value) => JSON.stringify(value)).join(' or ') : '';
}

function noSuchField(key: string, fields: readonly string[]): string {
  const near = closestMatch(key, [...fields], { maxDistance: Math.max(2, Math.floor(key.length / 3)) });
  if (near) return `There is no such field; did you mean ${near}?`;
  return fields.length > 0 ? `There is no such field; there are ${fields.join(', ')}.` : 'There is no such field.';
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}
