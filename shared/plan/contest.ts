import { contestedFields, presence, type Repair, type SetField } from '../decide/contested.ts';
import type { Problem } from '../problem.ts';
import { type FieldValue, fieldChanges } from './field-changes.ts';
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

/** The settings that a change puts right. Of a log that is made it is only that there is one. */
export function changedFields(change: FlowLogChange): readonly SetField[] {
  if (change.kind === 'delete') return [];
  if (change.kind === 'create') return [{ field: presence, found: textOf(null), value: textOf(true) }];
  return fieldChanges(change).map(({ field, before, after }) => ({
    field,
    found: textOf(before),
    value: textOf(after),
  }));
}

/** Ids are compared without case, as Azure does. */
function textOf(value: FieldValue): string {
  return JSON.stringify(value).toLowerCase();
}

/** The same plan where its fields are contested: it says what would be written and who is in the way, and nothing is. */
export function contest(plan: NetworkPlan, fields: readonly string[], problem: Problem): NetworkPlan {
  const drifts = 'drifts' in plan.verdict ? plan.verdict.drifts : [];
  return { ...plan, verdict: { state: 'Contested', fields, drifts, problem }, because: 'contested' };
}
