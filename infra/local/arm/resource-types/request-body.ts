import type { z } from 'zod';
import { invalidRequest } from '../core/arm-error.ts';
import type { JsonObject } from '../core/json.ts';

/** The body of a request as its schema reads it; refuses with 400 and the path of the first problem. */
export function readBody<Output>(schema: z.ZodType<Output>, body: JsonObject): Output {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const where = result.error.issues[0]?.path.join('.') ?? '';
  throw invalidRequest(
    `The request content was invalid and could not be deserialized: '${where}: ${result.error.issues[0]?.message}'.`,
    where,
  );
}
