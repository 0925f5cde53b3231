import { z } from 'zod';
import type { Undo } from '../steps/contract.ts';

/**
 * How to take back a write of a flow log that was begun and not ended. A run that comes after one that died finds here
 * what was there before both.
 */
export const flowLogIntent = z.object({
  flowLogId: z.string(),
  to: z.custom<Undo['to']>((value) => typeof value === 'object' && value !== null && 'kind' in value),
});
