import { contestedFields, type FieldValue, type Repair } from '../decide/contested.ts';
import type { Problem } from '../problem.ts';
import type { FlowLogChange } from './flow-log-change.ts';
import type { NetworkPlan } from './plan-network.ts';

/** The fields over which somebody fights with us; none where the plan writes nothing anyway. */
export function fieldsInContest(
  { change, because }: NetworkPlan,
  repairs: readonly Repair[],
  contestedAfter: number,
): readonly string[] {
  return change && because === null ? contestedFields(changedFields(change), repairs, contestedAfter) : [];
}

/**
 * The settings that a change puts right, each with the value that it gets; none for a log that is made. A log that is
 * deleted is made again every time: there is no setting to settle, and nothing would record meanwhile.
 */
export function changedFields(change: FlowLogChange): readonly FieldValue[] {
  if (change.kind === 'create') return [];
  const before = new Map(Object.entries(change.before).map(([field, value]) => [field, textOf(value)]));
  return Object.entries(change.after)
    .map(([field, value]) => ({ field, value: textOf(value) }))
    .filter(({ field, value }) => before.get(field) !== value);
}

/** Ids are compared without case, as Azure does; fields of an object in any order. */
function textOf(value: unknown): string {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return JSON.stringify(value, isObject ? Object.keys(value).sort() : undefined).toLowerCase();
}

/** The same plan where its fields are contested: it says what would be written and who is in the way, and nothing is. */
export function contest(plan: NetworkPlan, fields: readonly string[], problem: Problem): NetworkPlan {
  const drifts = 'drifts' in plan.verdict ? plan.verdict.drifts : [];
  return { ...plan, verdict: { state: 'Contested', fields, drifts, problem }, because: 'contested' };
}
