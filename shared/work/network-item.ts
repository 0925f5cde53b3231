import type { Turn } from '../decide/change-count.ts';
import type { FlowLogFacts } from '../decide/facts.ts';
import type { WorkItem } from '../inbox/work-item.ts';
import type { NetworkPlan } from '../plan/plan-network.ts';
import type { Problem } from '../problem.ts';
import type { Stop } from '../steps/contract.ts';
import type { OtherLogs } from './lane-of-networks.ts';

/** A network to work on, with the inbox rows that asked for it (its own, and those of its flow logs). */
export type NetworkItem = {
  readonly networkId: string;
  readonly rows: readonly WorkItem[];
  readonly location: string;
  readonly flowLogId: string | null;
  /** By id. */
  readonly otherLogs: OtherLogs;
};

/** A plan as it was recorded: what it was made from, and the id that its history rows carry. */
export type RecordedPlan = NetworkPlan & {
  readonly id: string;
  /** As Azure spells it. */
  readonly networkId: string;
  readonly at: string;
  readonly policyEtag: string;
  readonly policyHash: string;
  readonly resourceGuid: string | null;
};

export type DestinationState =
  | { readonly kind: 'ready'; readonly principalId: string | null }
  | { readonly kind: 'waiting'; readonly account: string; readonly answers: number }
  | { readonly kind: 'blocked'; readonly problem: Problem; readonly until: string };

/** Whether a change may be written now; `turn` is the one that it was given for later. */
export type AdmittedChange =
  | { readonly kind: 'go' }
  | { readonly kind: 'paused'; readonly until: string; readonly problem: Problem; readonly turn: Turn | null }
  | { readonly kind: 'stopped'; readonly because: Stop };

/** What became of a network in this run. */
export type NetworkOutcome =
  | { readonly kind: 'planned' }
  | { readonly kind: 'changed'; readonly did: 'unchanged' | 'created' | 'updated'; readonly flowLog: FlowLogFacts }
  /** The log is deleted, or was not ours to delete any more. */
  | { readonly kind: 'collected' }
  | {
      readonly kind: 'failed';
      readonly problem: Problem;
      /** The log that serves the network all the same. */
      readonly flowLogId: string | null;
      readonly leftovers: readonly string[];
    }
  | Exclude<AdmittedChange, { kind: 'go' }>
  | Exclude<DestinationState, { kind: 'ready' }>;

/** Whether the change that was planned has come to its end, good or bad. */
export function isEnd(
  outcome: NetworkOutcome,
): outcome is Extract<NetworkOutcome, { kind: 'changed' | 'collected' | 'failed' }> {
  return outcome.kind === 'changed' || outcome.kind === 'collected' || outcome.kind === 'failed';
}
