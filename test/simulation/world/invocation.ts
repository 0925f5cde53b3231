import { AsyncLocalStorage } from 'node:async_hooks';
import { z } from 'zod';

/** One call of a function of the product: what it was asked, and when. */
export type Invocation = {
  readonly functionName: string;
  readonly startedAt: number;
  /** Its input, as text. */
  readonly data: string;
  /** For whom: the activities of a run say so. */
  readonly asked: Asked | null;
};

const askedSchema = z.object({
  run: z.object({
    runId: z.string(),
    generation: z.number(),
    lane: z.union([
      z.object({ kind: z.literal('subscription'), subscriptionId: z.string() }),
      z.object({ kind: z.literal('destination'), account: z.string() }),
    ]),
  }),
  policyEtag: z.string().optional(),
  resourceId: z.string().optional(),
  about: z.string().optional(),
});
export type Asked = z.infer<typeof askedSchema>;

/** The invocation in which the code runs that asks. */
export const currentInvocation = new AsyncLocalStorage<Invocation>();

/** The invocation of a function with this input. */
export function invocationOf(functionName: string, data: string, startedAt: number): Invocation {
  return { functionName, startedAt, data, asked: data.includes('"runId"') ? askedOf(data) : null };
}

function askedOf(data: string): Asked | null {
  return askedSchema.safeParse(JSON.parse(data)).data ?? null;
}
