import type { FlowLogSettings } from '../plan/flow-log-change.ts';
import type { Problem } from '../problem.ts';
import type { Pace } from './pace.ts';

export type StepKind =
  | 'locate'
  | 'planNetwork'
  | 'ensureNetworkWatcher'
  | 'ensureFlowLog'
  | 'verifyFlowLog'
  | 'collectFlowLog'
  | 'planDestination'
  | 'ensureIdentity'
  | 'ensureRoleAssignment'
  | 'undoStep';

export type Did = 'unchanged' | 'created' | 'updated' | 'deleted';

/**
 * Why a step did not go on: another run owns the lane, another policy rules, the network is in another region, how to take
 * back what is to be made is not written down (the plan had found it there), or nobody asks for it any more. Never an error.
 */
export type Stop = 'fenced' | 'policyChanged' | 'relocated' | 'planOutdated' | 'cancelled';

/** The answer of an activity that talks to ARM. Expected failures are data; a throw is a bug or a crash. */
export type StepAnswer<Output> =
  | { readonly status: 'done'; readonly did: Did; readonly output: Output }
  | { readonly status: 'running'; readonly resume: string; readonly afterSeconds: number }
  | { readonly status: 'retry'; readonly pace: Pace; readonly afterSeconds?: number; readonly problem: Problem }
  | { readonly status: 'fatal'; readonly problem: Problem }
  | { readonly status: 'stopped'; readonly because: Stop };

/** An answer says whose it is, so that a new deployment can't pair an old answer with another step. */
export type StepResult<Output> = StepAnswer<Output> & { readonly step: StepKind; readonly resourceId: string };

/** What a step came to, after all waiting. */
export type StepOutcome<Output> =
  | { readonly ok: true; readonly did: Did; readonly value: Output }
  | { readonly ok: false; readonly problem: Problem }
  | { readonly ok: false; readonly stopped: Stop };

/** How to take a step back. Registered before the step acts, so it must do no harm where the step never did. */
export type Undo = {
  readonly step: 'ensureFlowLog' | 'ensureIdentity' | 'ensureRoleAssignment';
  readonly resourceId: string;
  readonly to:
    | { readonly kind: 'absent' }
    | { readonly kind: 'settings'; readonly before: FlowLogSettings; readonly ifStill: FlowLogSettings };
};
