import { v5 as uuidv5 } from 'uuid';
import type { Run } from '../inbox/work-item.ts';

/** The id of a run's plan for a network: the same whenever it is planned anew in that run. */
export function planIdOf({ runId }: Run, networkId: string): string {
  return uuidv5(`${runId}|${networkId}`.toLowerCase(), uuidv5.URL);
}
