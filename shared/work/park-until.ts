import type { Problem } from '../problem.ts';
import { parkMinutes } from '../steps/pace.ts';

/** When what was parked for this problem is tried again, never before Azure allows. Only a person's request or a new policy comes sooner. */
export function parkUntil({ actor, notBefore }: Pick<Problem, 'actor' | 'notBefore'>, now: Date): string {
  const until = now.getTime() + parkMinutes[actor] * 60_000;
  return new Date(Math.max(until, notBefore ? Date.parse(notBefore) : 0)).toISOString();
}
