import { type AppFunction, type InvocationResult, triggerOf } from '../app/protocol.ts';
import type { HttpCookie, HttpData, TypedData } from '../engine/typed-data.ts';
import type { HttpAnswer, HttpRequest } from '../http/message.ts';
import type { Log } from '../log.ts';
import { parseRoute, type Route } from './route.ts';

export interface HttpFunction {
  fn: AppFunction;
  route: Route;
  /** Upper case; empty means any. */
  methods: string[];
  authLevel: string;
}

/** The HTTP functions of an app, the most specific route first. One with a route that cannot be read is left out and told. */
export function httpFunctions(functions: readonly AppFunction[], log: Log): HttpFunction[] {
  const found: HttpFunction[] = [];
  for (const fn of functions) {
    const { binding } = triggerOf(fn);
    if (binding.type !== 'httpTrigger') continue;
    const methods = Array.isArray(binding.methods) ? binding.methods.map((method) => String(method).toUpperCase()) : [];
    const template = typeof binding.route === 'string' && binding.route !== '' ? binding.route : fn.name;
    try {
      const authLevel = String(binding.authLevel ?? 'anonymous').toLowerCase();
      found.push({ fn, route: parseRoute(template), methods, authLevel });
    } catch (error) {
      log({
        level: 'error',
        category: `Function.${fn.name}`,
        message: `It is left out, for its route '${template}': ${String(error)}`,
      });
    }
  }
  return found.sort((a, b) => (a.route.precedence < b.route.precedence ? -1 : 1));
}

/** The function that a request is for: undefined when no route fits, null when one does but not its methods. */
export function findHttpFunction(
  functions: readonly HttpFunction[],
  method: string,
  segments: readonly string[],
): { found: HttpFunction; params: Record<string, string> } | null | undefined {
  let fits = false;
  for (const found of functions) {
    const params = found.route.match(segments);
    if (!params) continue;
    fits = true;
    if (found.methods.length === 0 || found.methods.includes(method)) return { found, params };
  }
  return fits ? null : undefined;
}

/** The request as the function is given it. */
export function requestData(request: HttpRequest, params: Record<string, string>): TypedData {
  const query = new Map<string, string>();
  for (const [name, value] of request.url.searchParams) {
    const before = query.get(name);
    query.set(name, before === undefined ? value : `${before},${value}`);
  }
  const http: HttpData = {
    method: request.method,
    url: request.url.href,
    nullableHeaders: wrap(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    nullableParams: wrap(Object.entries(params)),
    nullableQuery: wrap([...query]),
    ...(request.body.length > 0 && { body: { bytes: request.body } }),
  };
  return { http };
}

function wrap(pairs: [string, string][]): Record<string, { value: string }> {
  return Object.fromEntries(pairs.map(([name, value]) => [name, { value }]));
}

/** The function's answer as a response: 204 for nothing, 500 for a failure. */
export function responseOf(fn: AppFunction, result: InvocationResult): HttpAnswer {
  if (!result.ok) return { status: 500 };
  const returned = result.returnValue ?? result.outputs.find(({ name }) => fn.bindings[name]?.type === 'http')?.data;
  if (!returned || !('http' in returned)) return { status: 204 };
  const { statusCode, headers = {}, cookies = [], body } = returned.http;
  return {
    status: Number(statusCode ?? 200),
    headers: { ...headers, ...(cookies.length > 0 && { 'set-cookie': cookies.map(cookieText) }) },
    body: bodyOf(body),
  };
}

function bodyOf(body: TypedData | null | undefined): string | Uint8Array {
  if (!body) return '';
  if ('bytes' in body) return body.bytes;
  if ('string' in body) return body.string;
  return 'json' in body ? body.json : '';
}

// The protocol's 'none' means no attribute at all.
const SAME_SITE: Record<string, string> = { lax: 'lax', strict: 'strict', explicitnone: 'none' };

function cookieText(cookie: HttpCookie): string {
  const { name, value, domain, path, expires, secure, httpOnly, sameSite, maxAge } = cookie;
  const site = SAME_SITE[sameSite?.toLowerCase() ?? ''];
  return [
    `${name}=${encodeURIComponent(value)}`,
    ...(expires ? [`expires=${new Date(expires.value.seconds * 1000).toUTCString()}`] : []),
    ...(maxAge ? [`max-age=${maxAge.value}`] : []),
    ...(domain ? [`domain=${domain.value}`] : []),
    `path=${path?.value || '/'}`,
    ...(secure?.value ? ['secure'] : []),
    ...(site ? [`samesite=${site}`] : []),
    ...(httpOnly?.value ? ['httponly'] : []),
  ].join('; ');
}
