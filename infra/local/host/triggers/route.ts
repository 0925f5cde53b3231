/** A route template of an HTTP function: literals, `{name}`, `{name?}`, `{name:constraint}`, `{*rest}`. */
export interface Route {
  /** The parameters when the path matches, else null. Segments are decoded. */
  match(segments: readonly string[]): Record<string, string> | null;
  /** Smaller is more specific: literals before constrained parameters before plain ones before a rest. */
  readonly precedence: string;
}

interface Part {
  kind: 'literal' | 'parameter' | 'rest';
  name: string;
  constraints: string[];
  optional: boolean;
  fallback: string | null;
}

const CONSTRAINTS: Record<string, (value: string, argument: string) => boolean> = {
  int: (value) => /^-?\d+$/.test(value) && Math.abs(Number(value)) <= 2 ** 31,
  long: (value) => /^-?\d+$/.test(value),
  bool: (value) => /^(true|false)$/i.test(value),
  guid: (value) => /^[{(]?[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}[)}]?$/i.test(value),
  alpha: (value) => /^[a-z]*$/i.test(value),
  decimal: (value) => value !== '' && Number.isFinite(Number(value)),
  double: (value) => value !== '' && Number.isFinite(Number(value)),
  float: (value) => value !== '' && Number.isFinite(Number(value)),
  datetime: (value) => !Number.isNaN(Date.parse(value)),
  minlength: (value, n) => value.length >= Number(n),
  maxlength: (value, n) => value.length <= Number(n),
  min: (value, n) => Number(value) >= Number(n),
  max: (value, n) => Number(value) <= Number(n),
  length: (value, n) => {
    const [least = 0, most = least] = n.split(',').map(Number);
    return value.length >= least && value.length <= most;
  },
  range: (value, n) => {
    const [least = 0, most = least] = n.split(',').map(Number);
    return Number(value) >= least && Number(value) <= most;
  },
  // Braces in a pattern are written double.
  regex: (value, pattern) => new RegExp(pattern.replaceAll('{{', '{').replaceAll('}}', '}'), 'i').test(value),
  required: (value) => value !== '',
};

/** Reads a route template; an unknown constraint is an error. */
export function parseRoute(template: string): Route {
  const parts = template
    .split('/')
    .filter((part) => part !== '')
    .map(parsePart);
  return { precedence: parts.map(rank).join(''), match: (segments) => matchParts(parts, segments) };
}

function parsePart(text: string): Part {
  const inner = /^\{(.*)\}$/.exec(text)?.[1];
  if (inner === undefined)
    return { kind: 'literal', name: text.toLowerCase(), constraints: [], optional: false, fallback: null };
  const rest = /^\*{1,2}/.test(inner);
  const optional = inner.endsWith('?');
  const [head = '', ...constraints] = inner
    .replace(/^\*{1,2}/, '')
    .replace(/\?$/, '')
    .split(/:(?![^(]*\))/);
  const [name = '', fallback = null] = head.split('=');
  for (const constraint of constraints) {
    if (!CONSTRAINTS[constraintName(constraint)]) throw new Error(`The route constraint '${constraint}' is not known.`);
  }
  return {
    kind: rest ? 'rest' : 'parameter',
    name,
    constraints,
    optional: optional || fallback !== null || rest,
    fallback,
  };
}

function matchParts(parts: readonly Part[], segments: readonly string[]): Record<string, string> | null {
  const found: Record<string, string> = {};
  let at = 0;
  for (const part of parts) {
    const value = part.kind === 'rest' ? segments.slice(at).join('/') : segments[at];
    if (value === undefined || value === '') {
      if (!part.optional) return null;
      if (part.fallback !== null) found[part.name] = part.fallback;
    } else if (part.kind === 'literal') {
      if (value.toLowerCase() !== part.name) return null;
    } else {
      if (!part.constraints.every((constraint) => holds(constraint, value))) return null;
      found[part.name] = value;
    }
    at = part.kind === 'rest' ? segments.length : at + 1;
  }
  return at >= segments.length ? found : null;
}

function holds(constraint: string, value: string): boolean {
  const argument = /\((.*)\)$/.exec(constraint)?.[1] ?? '';
  return CONSTRAINTS[constraintName(constraint)]?.(value, argument) ?? false;
}

function constraintName(constraint: string): string {
  return constraint.replace(/\(.*$/, '').toLowerCase();
}

function rank(part: Part): string {
  if (part.kind === 'literal') return '1';
  if (part.kind === 'rest') return '5';
  return part.constraints.length > 0 ? '2' : '3';
}
