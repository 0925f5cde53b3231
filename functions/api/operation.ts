import { z } from 'zod';
import type { Role } from './access.ts';

/** One of an operation's answers. A schema of the registry is named in the API's description; null = a problem. */
export type Answer = {
  readonly description: string;
  readonly schema: z.ZodType | null;
  /** What it is as CSV, where it can be had so. */
  readonly csv?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/**
 * One operation of the HTTP API: what it takes, what it answers, and who may. The same schemas validate what comes in and
 * describe it; what is left out is not taken. Refusals (400 to 415, 500) and a read's 304 are the same for all, and are
 * not listed.
 */
export type Operation<
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
> = {
  /** The name of the function, too. */
  readonly id: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** As the host's route has it: `remediations/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly role: Role;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** What describes the body, where a parser of its own reads it. */
  readonly describedBody?: z.ZodType;
  /** Headers beside `If-None-Match`, with what they are for. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<number, Answer>>;
};

/** What an operation without parameters or query takes. */
export const nothing = z.strictObject({});

/** Keeps the schemas' own types, by which handlers get what was validated. */
export function operation<
  Params extends z.ZodObject = typeof nothing,
  Query extends z.ZodObject = typeof nothing,
  Body extends z.ZodType = z.ZodNull,
>(given: Operation<Params, Query, Body>): Operation<Params, Query, Body> {
  return given;
}
