import type { Destination } from '../policy/destinations.ts';
import type { Problem } from '../problem.ts';
import type { Stop, Undo } from '../steps/contract.ts';

/** What one run of a destination's lane sets out to do. */
export type DestinationPlan = {
  readonly account: string;
  readonly policyEtag: string;
  readonly destination: Destination | null;
  /** Why nothing is to be written; with null the destination is to be provided. */
  readonly idle: 'off' | 'notInPolicy' | null;
  /** What the preflight found. */
  readonly problem: Problem | null;
  /** What this run may have to take back: made by it, or by a run that died before it published. */
  readonly intent: readonly Undo[];
  /** Made for a policy of the past and never published. */
  readonly stale: readonly Undo[];
};

export type DestinationOutcome =
  | { readonly kind: 'ready'; readonly principalId: string | null }
  | { readonly kind: 'failed'; readonly problem: Problem }
  | { readonly kind: 'stopped'; readonly because: Stop }
  | { readonly kind: 'idle' };
