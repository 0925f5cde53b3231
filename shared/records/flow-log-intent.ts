import { z } from 'zod';
import type { FlowLogSettings } from '../plan/flow-log-change.ts';
import type { Undo } from '../steps/contract.ts';

const undoTo = z.custom<Undo['to']>((value) => typeof value === 'object' && value !== null && 'kind' in value);

const settings = z.custom<FlowLogSettings>(
  (value) => typeof value === 'object' && value !== null && 'storageId' in value,
);

/**
 * A write of a flow log that was begun, until its end is told. A run that comes after one that died finds here what was
 * there before both, and whose change it was.
 */
export const flowLogIntent = z.object({
  flowLogId: z.string(),
  /** How to take it back; null once it has ended. */
  to: undoTo.nullable(),
  /** How it has ended, while that is yet to be told. */
  ended: z.enum(['written', 'undone']).nullable().default(null),
  /** What was to be written; null for one of before this was kept, and once it was taken back. */
  settings: settings.nullable().default(null),
  /** The plan that was written; null for one of before this was kept. */
  planId: z.string().nullable().default(null),
});
