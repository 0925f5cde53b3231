import type { OrchestrationContext } from 'durable-functions';
import { sameId } from '../shared/resource-id.ts';
import type { StepOutcome, Undo } from '../shared/steps/contract.ts';
import type { Durable } from './call.ts';
import type { StepInput, StepName, Steps } from './contracts.ts';
import { runStep } from './run-step.ts';

type Common = Pick<StepInput<object>, 'run' | 'policyEtag' | 'about' | 'correlationId' | 'by'>;

/** Steps and how to take them back. The stack is rebuilt from history on every replay, so it survives a crash. */
export type Saga = ReturnType<typeof newSaga>;

/** `inherited`: what a run that died before its end may have made, oldest first. */
export function newSaga(ctx: OrchestrationContext, common: Common, inherited: readonly Undo[] = []) {
  const undos: Undo[] = [...inherited];
  return {
    /** Runs a step. Its undo is registered before it acts: a lost answer counts as "may have happened". */
    *step<Name extends StepName>(
      name: Name,
      resourceId: string,
      request: Steps[Name]['request'],
      undo: Undo | null,
    ): Durable<StepOutcome<Steps[Name]['output']>> {
      if (undo && !undos.some((known) => sameId(known.resourceId, undo.resourceId))) undos.push(undo);
      return yield* runStep(ctx, name, { ...request, ...common, resourceId });
    },

    /** Takes back all steps, newest first. Answers what could not be. */
    *undo(): Durable<readonly Undo[]> {
      return yield* undoAll(ctx, common, undos);
    },
  };
}

/**
 * Takes back steps, newest first, and stops at the first that can't be: what is older is what it rests on (an identity
 * whose role assignment could not be deleted stays, or the assignment would be an orphan). Answers what is left.
 */
export function* undoAll(ctx: OrchestrationContext, common: Common, undos: readonly Undo[]): Durable<readonly Undo[]> {
  const left = [...undos];
  for (let undo = left.at(-1); undo; undo = left.at(-1)) {
    const taken = yield* runStep(ctx, 'undoStep', { undo, ...common, resourceId: undo.resourceId });
    if (!taken.ok) return left;
    left.pop();
  }
  return [];
}
