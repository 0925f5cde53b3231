import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ArmError } from '../core/arm-error.ts';
import type { ArmRequest } from '../core/exchange.ts';
import { parsePath } from '../core/resource-id.ts';
import type { Past, Store } from '../core/store.ts';

/** A fault as it is scripted from outside; see `createFaults`. */
export const faultSchema = z.strictObject({
  method: z.string().toUpperCase().optional(),
  path: z.string().refine(isExpression, 'must be a regular expression').default(''),
  /** A resource type, whatever its casing; polls of operations have none. */
  type: z.string().optional(),
  times: z.number().int().min(0).default(1),
  effect: z.enum(['before', 'after']).default('before'),
  status: z.number().int().min(400).max(599).optional(),
  code: z.string().optional(),
  message: z.string().optional(),
  /** The inner errors, which the network provider puts beside its own code. */
  details: z.array(z.strictObject({ code: z.string(), message: z.string().default('It is so.') })).optional(),
  retryAfterSeconds: z.number().int().min(0).optional(),
  /** How the operation of an accepted request ends; `never` = it runs for ever. */
  operation: z
    .union([
      z.literal('never'),
      z.strictObject({ code: z.string(), message: z.string().default('The operation was made to fail.') }),
    ])
    .optional(),
  /** How likely it hits a request that fits, by the seed of the simulator. */
  probability: z.number().min(0).max(1).default(1),
  delayMs: z.number().int().min(0).max(600_000).default(0),
  /** Reads are answered as the estate was when the fault was set. */
  stale: z.literal(true).optional(),
});

export type Fault = z.infer<typeof faultSchema> & { readonly id: string; used: number };

/** What a fault is about: a request to ARM, or to the blob endpoint. */
type Hit = Pick<ArmRequest, 'method' | 'path'>;

/** The faults in force: the first that fits a request and is not used up hits it. */
export type Faults = {
  add(fault: z.infer<typeof faultSchema>): Fault;
  list(): readonly Fault[];
  remove(id: string): boolean;
  clear(): void;
  /** The fault that hits this request, counted as used. */
  hit(request: Hit): Fault | undefined;
  /** What a fault that gives stale answers reads. */
  past(fault: Fault): Past | undefined;
};

/** No faults at first; they are not kept over a restart. Only what `store` holds can be read stale. */
export function createFaults(random: () => number = Math.random, store?: Store): Faults {
  const faults = new Map<string, Fault>();
  const pasts = new Map<string, Past>();

  function remove(id: string): boolean {
    const past = pasts.get(id);
    if (past !== undefined) store?.forget(past);
    pasts.delete(id);
    return faults.delete(id);
  }

  return {
    add(given) {
      const fault = { ...given, id: randomUUID(), used: 0 };
      faults.set(fault.id, fault);
      if (fault.stale && store !== undefined) pasts.set(fault.id, store.remember());
      return fault;
    },
    list: () => [...faults.values()],
    remove,
    clear: () => [...faults.keys()].forEach(remove),
    hit(request) {
      const fault = [...faults.values()].find(
        (candidate) => fits(candidate, request) && (candidate.probability === 1 || random() < candidate.probability),
      );
      if (fault !== undefined) fault.used += 1;
      return fault;
    },
    past: ({ id }) => pasts.get(id),
  };
}

function fits({ method, path, type, stale, times, used }: Fault, request: Hit): boolean {
  return (
    (times === 0 || used < times) &&
    (method === undefined || method === request.method) &&
    (stale === undefined || request.method === 'GET') &&
    (type === undefined || type.toLowerCase() === typeOf(request.path)) &&
    new RegExp(path, 'i').test(request.path)
  );
}

function typeOf(path: string): string | undefined {
  const parsed = parsePath(path);
  return (parsed?.kind === 'resource' ? parsed.id.type : parsed?.type)?.toLowerCase();
}

/** Says whether a fault closes the connection before ARM has seen the request: one that says nothing else. */
export function losesRequest({ effect, status, code, operation, stale, delayMs }: Fault): boolean {
  const says = [status, code, operation, stale].some((value) => value !== undefined) || delayMs > 0;
  return effect === 'before' && !says;
}

/** The answer that a fault gives instead of ARM's; `undefined` when it only delays, loses or fails the operation. */
export function faultError({ status, code, message, details, retryAfterSeconds }: Fault): ArmError | undefined {
  if (status === undefined && code === undefined) return undefined;
  const headers = retryAfterSeconds === undefined ? undefined : { 'Retry-After': String(retryAfterSeconds) };
  const usual = status === 429 ? 'TooManyRequests' : 'InternalServerError';
  const error = { code: code ?? usual, message: message ?? 'The request was made to fail.', details };
  return new ArmError(status ?? 500, error, headers);
}

function isExpression(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
