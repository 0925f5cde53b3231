import { v5 as uuidv5 } from 'uuid';
import { z } from 'zod';
import { problemSchema } from '../problem.ts';
import { driftSchema, type NetworkRecord } from './network-record.ts';

/** A change of a network's state that the world has yet to be told. `id` is the same for the same change, whoever tells it again. */
export const stateChange = z.object({
  id: z.string(),
  networkId: z.string(),
  before: z.string().nullable(),
  after: z.string(),
  because: z.string().nullable(),
  drifts: z.array(driftSchema).readonly(),
  problem: problemSchema.nullable(),
  policyHash: z.string().nullable(),
  at: z.string(),
});
export type StateChange = z.infer<typeof stateChange>;

/** The change from one record to the next, or null where the state is the same. `cause` is the run or sweep that saw it. */
export function changeBetween(cause: string, before: NetworkRecord | null, record: NetworkRecord): StateChange | null {
  if (before?.state === record.state) return null;
  const { id: networkId, state: after, because, drifts, problem, policyHash, checkedAt: at } = record;
  const id = uuidv5(`${cause}|${networkId}|${after}`.toLowerCase(), uuidv5.URL);
  return { id, networkId, before: before?.state ?? null, after, because, drifts, problem, policyHash, at };
}
