import type { StepAnswer } from './contract.ts';

/** What a DELETE did: 200 took something away, 204 and 404 found nothing there. */
export function removal(status: number): StepAnswer<null> {
  return { status: 'done', did: status === 200 || status === 202 ? 'deleted' : 'unchanged', output: null };
}
