import type { StepAnswer } from './contract.ts';

/** What was made just now may not be shown yet: ARM answers from replicas, seconds behind one another. */
const againAfterSeconds = 20;

/**
 * Takes back what may have been made. Where there was nothing to take back it is looked for once more, some seconds later:
 * nobody would come back to what was only not shown yet.
 */
export async function lookTwice(
  undo: () => Promise<StepAnswer<null>>,
  resume: string | undefined,
): Promise<StepAnswer<null>> {
  const answer = await undo();
  const foundNothing = answer.status === 'done' && answer.did === 'unchanged';
  if (resume || !foundNothing) return answer;
  return { status: 'running', resume: 'looked once', afterSeconds: againAfterSeconds };
}
