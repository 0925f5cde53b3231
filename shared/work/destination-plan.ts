import type { Destination } from '../policy/destinations.ts';
import type { Problem } from '../problem.ts';
import type { Stop, Undo } from '../steps/contract.ts';

/** What one run of a destination's lane sets out to do. */
export type DestinationPlan = {
  readonly account: string;
  readonly policyEtag: string;
  readonly destination: Destination | null;
  /** Why nothing is to be provided; with null the destination is. */
  readonly idle: 'off' | 'audit' | 'notInPolicy' | null;
  /** Why it can't be used, as the preflight found; in audit mode, why it could not be. */
  readonly problem: Problem | null;
  readonly warnings: readonly Problem[];
  /** The identity's principal, where it is there and may write: nothing is to be made. */
  readonly principalId: string | null;
  /** The identity's principal, where it is there. */
  readonly seenPrincipalId: string | null;
  /** What this run may have to take back: made by it, or by a run that died before it published. */
  readonly intent: readonly Undo[];
  /** Made for a policy of the past and never published. */
  readonly stale: readonly Undo[];
  /** Published once, not wanted any more, and used by no flow log for a day. */
  readonly collect: readonly Undo[];
  /** Identities that are not wanted any more and that a flow log still uses. */
  readonly inUse: readonly string[];
};

export type DestinationOutcome =
  | { readonly kind: 'ready'; readonly principalId: string | null }
  | { readonly kind: 'failed'; readonly problem: Problem }
  | { readonly kind: 'stopped'; readonly because: Stop }
  | { readonly kind: 'idle' };
