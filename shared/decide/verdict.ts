import type { Problem } from '../problem.ts';
import type { Drift } from './drift.ts';

/** Whether a network is as the policy wants it. */
export type Verdict =
  | { readonly state: 'Compliant' }
  | { readonly state: 'NonCompliant'; readonly drifts: readonly [Drift, ...Drift[]] }
  | { readonly state: 'Exempt'; readonly reason: string; readonly expires?: string }
  | {
      readonly state: 'Contested';
      readonly fields: readonly string[];
      readonly drifts: readonly Drift[];
      readonly problem: Problem;
    }
  | { readonly state: 'Blocked' | 'Unknown' | 'Silent' | 'Orphaned'; readonly problem: Problem }
  | { readonly state: 'OutOfScope' | 'Pending' | 'Gone' };

export type ComplianceState = Verdict['state'];

/** Why nothing is being done about a network right now; null where nothing has to be, or something is. */
export type Because =
  | 'off'
  | 'audit'
  | 'exempt'
  | 'held'
  | 'report'
  | 'contested'
  | 'parked'
  | 'paused'
  | 'waiting'
  | 'settling'
  | null;
