import type { Problem } from '../problem.ts';

/** Minutes until a network is tried again by itself. What only waits for Azure comes back soon; what a person must mend does not. */
const minutes: Readonly<Record<Problem['actor'], number>> = { wait: 2, owner: 30, operator: 30, developer: 30 };

/** When what was parked for this problem is tried again. Only a person's request or a new policy comes before. */
export function parkUntil({ actor }: Pick<Problem, 'actor'>, now: Date): string {
  return new Date(now.getTime() + minutes[actor] * 60_000).toISOString();
}
