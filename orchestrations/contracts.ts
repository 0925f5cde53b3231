import type { FlowLogFacts } from '../shared/decide/facts.ts';
import type { Closed } from '../shared/inbox/close-run.ts';
import type { Take } from '../shared/inbox/take-batch.ts';
import type { LaneKey, Reason, Run, WorkItem } from '../shared/inbox/work-item.ts';
import type { Problem } from '../shared/problem.ts';
import type { Selection } from '../shared/records/selection.ts';
import type { CollectRequest } from '../shared/steps/collect-flow-log.ts';
import type { StepAnswer, Undo } from '../shared/steps/contract.ts';
import type { FlowLogRequest } from '../shared/steps/ensure-flow-log.ts';
import type { IdentityRequest } from '../shared/steps/ensure-identity.ts';
import type { NetworkWatcherRequest } from '../shared/steps/ensure-network-watcher.ts';
import type { RoleAssignmentRequest } from '../shared/steps/role-assignment-id.ts';
import type { VerifyRequest } from '../shared/steps/verify-flow-log.ts';
import type { DestinationOutcome, DestinationPlan } from '../shared/work/destination-plan.ts';
import type { NetworkLane } from '../shared/work/lane-of-networks.ts';
import type {
  AdmittedChange,
  DestinationState,
  NetworkItem,
  NetworkOutcome,
  RecordedPlan,
} from '../shared/work/network-item.ts';
import type { Stretch } from '../shared/work/prove-delivery.ts';
import type { NetworksByState, Page, PageMark } from '../shared/work/select-page.ts';

/** What starts a run of a lane. */
export type RunInput = { readonly lane: LaneKey; readonly generation: number };

export type EnforceNetworksInput = {
  readonly run: Run;
  readonly location: string;
  readonly networkWatcherId: string | null;
  readonly items: readonly NetworkItem[];
};

/** What is common to all steps: whose run, made from which policy, about what, and for whom. */
export type StepInput<Request> = Request & {
  readonly run: Run;
  readonly policyEtag: string;
  readonly resourceId: string;
  /** The network or storage account in whose story the step belongs. */
  readonly about: string;
  readonly correlationId: string;
  /** The object id of who asked for it, where that is known. */
  readonly by?: string | undefined;
};

/** Steps talk to ARM, and answer `done`, `running`, `retry`, `fatal` or `stopped`. */
export type Steps = {
  locate: { request: { readonly items: readonly WorkItem[] }; output: { readonly lanes: readonly NetworkLane[] } };
  planNetwork: { request: { readonly item: NetworkItem }; output: RecordedPlan };
  ensureNetworkWatcher: { request: NetworkWatcherRequest; output: { readonly networkWatcherId: string } };
  ensureFlowLog: {
    /** `undoTo`: what is to be there when it is taken back. */
    request: FlowLogRequest & { readonly undoTo: Undo['to'] };
    output: FlowLogFacts;
  };
  verifyFlowLog: { request: VerifyRequest; output: FlowLogFacts };
  collectFlowLog: { request: CollectRequest; output: null };
  planDestination: { request: { readonly account: string }; output: DestinationPlan };
  ensureIdentity: { request: IdentityRequest; output: { readonly principalId: string } };
  ensureRoleAssignment: { request: RoleAssignmentRequest; output: { readonly roleAssignmentId: string } };
  undoStep: { request: { readonly undo: Undo }; output: null };
};

/** The other activities keep our own books; they succeed or throw. */
export type Books = {
  takeBatch: { input: { readonly run: Run }; output: Take };
  closeRun: { input: { readonly run: Run }; output: Closed };
  parkItems: {
    input: { readonly run: Run; readonly items: readonly WorkItem[]; readonly problem: Problem };
    output: null;
  };
  requireDestination: {
    input: {
      readonly run: Run;
      readonly plan: RecordedPlan;
      readonly reason: Reason;
      /** When it was last asked for, ISO. */
      readonly askedAt: string;
      readonly correlationId: string;
      readonly by?: string | undefined;
    };
    output: DestinationState;
  };
  admitChange: {
    /** `rows`: all that asked for the network. */
    input: { readonly run: Run; readonly plan: RecordedPlan; readonly rows: readonly WorkItem[] };
    output: AdmittedChange;
  };
  settleNetwork: {
    input: {
      readonly run: Run;
      readonly item: NetworkItem;
      readonly plan: RecordedPlan | null;
      readonly outcome: NetworkOutcome;
    };
    output: { readonly urgent: boolean };
  };
  settleDestination: {
    input: {
      readonly run: Run;
      readonly items: readonly WorkItem[];
      readonly plan: DestinationPlan | null;
      readonly outcome: DestinationOutcome;
      readonly leftovers: readonly Undo[];
    };
    output: null;
  };
  selectPage: {
    input: PageMark & { readonly selection: Selection };
    output: Page;
  };
  proveDelivery: { input: Stretch; output: number | null };
  finishSelection: {
    input: {
      readonly selection: Selection;
      readonly selected: number;
      readonly networksByState: NetworksByState;
    };
    output: null;
  };
};

export type StepName = keyof Steps;
export type BookName = keyof Books;

/** A step activity's input and output. */
export type StepActivity<Name extends StepName> = (
  input: StepInput<Steps[Name]['request']> & { readonly resume?: string },
) => Promise<StepAnswer<Steps[Name]['output']>>;
