import { type Drift, driftsOf } from '../decide/drift.ts';
import type { DesiredFlowLog, FlowLogFacts, NetworkFacts } from '../decide/facts.ts';
import type { Intent } from '../decide/intent.ts';
import { logsOf } from '../decide/logs-of-network.ts';
import { type Reported, reportedDrifts } from '../decide/reported-drifts.ts';
import type { Because, Verdict } from '../decide/verdict.ts';
import { desiredSettings, type FlowLogChange, settingsDigest, settingsOf } from './flow-log-change.ts';

/** What is to be done about one network. A dry run returns exactly this. */
export type NetworkPlan = {
  readonly verdict: Verdict;
  /** What would be written, also where `because` says that it won't be. */
  readonly change: FlowLogChange | null;
  /** Null and a change: go on and write. */
  readonly because: Because;
  readonly until: string | null;
  /** The flow log that serves the network today. */
  readonly flowLogId: string | null;
  /** What that log does today; null where there is none, or it was not looked at. */
  readonly logging: Logging | null;
  /** Digest of that log's settings. */
  readonly foundAs: string | null;
  readonly desired: DesiredFlowLog | null;
};

/** As much of a flow log as auditors ask for. */
export type Logging = { readonly enabled: boolean; readonly trafficAnalytics: boolean };

export function loggingOf({ enabled, trafficAnalytics }: FlowLogFacts): Logging {
  return { enabled, trafficAnalytics: trafficAnalytics !== null };
}

export type Observed = {
  readonly network: NetworkFacts;
  /** Every flow log whose target is the network, in any order. */
  readonly flowLogs: readonly FlowLogFacts[];
  /** Ids of the logs that record in its place: those of its subnets and network interfaces. */
  readonly overridingLogs: readonly string[];
  /** The principal of the desired identity, where its destination is ready. */
  readonly principalId: string | null;
  /** Marks what we made; a log without it is someone else's. */
  readonly isOurs: (tags: FlowLogFacts['tags']) => boolean;
  readonly destinationWarnings: Reported['destinationWarnings'];
};

/** Decides what one network needs. Pure: the same intent and observation give the same plan. */
export function planNetwork(intent: Intent, observed: Observed): NetworkPlan {
  const { network, isOurs } = observed;
  const flowLogs = logsOf(network.id, observed.flowLogs, isOurs);
  const [flowLog = null] = flowLogs;
  const settled = (verdict: Verdict, because: Because = null, until: string | null = null): NetworkPlan => ({
    verdict,
    change: null,
    because,
    until,
    flowLogId: flowLog?.id ?? null,
    logging: flowLog && loggingOf(flowLog),
    foundAs: flowLog && settingsDigest(flowLog),
    desired: null,
  });
  switch (intent.kind) {
    case 'outOfScope':
      return settled({ state: 'OutOfScope' });
    case 'off':
      return settled({ state: 'Pending' }, 'off');
    case 'exempt': {
      const { reason, expires } = intent;
      return settled({ state: 'Exempt', reason, ...(expires ? { expires } : {}) }, 'exempt', expires ?? null);
    }
    case 'blocked':
      return settled({ state: 'Blocked', problem: intent.problem });
    case 'unknown':
      return settled({ state: 'Unknown', problem: intent.problem });
    case 'desired': {
      const { desired } = intent;
      const { principalId } = observed;
      const mendable = flowLog ? driftsOf({ network, flowLog, desired, principalId }) : [missing(desired)];
      const flowLogIds = flowLogs.map(({ id }) => id);
      const [first, ...rest] = [...mendable, ...reportedDrifts({ ...observed, flowLogIds })];
      if (!first) return { ...settled({ state: 'Compliant' }), desired };
      const because = mendable.length > 0 ? reasonNotTo(intent, flowLog, isOurs) : 'report';
      return {
        ...settled({ state: 'NonCompliant', drifts: [first, ...rest] }, because),
        change: mendable.length > 0 ? changeOf(flowLog, desired) : null,
        until: because === 'held' ? intent.heldUntil : null,
        desired,
      };
    }
  }
}

function missing(desired: DesiredFlowLog): Drift {
  return { check: 'noFlowLog', expected: desired.name, actual: null };
}

function changeOf(flowLog: FlowLogFacts | null, desired: DesiredFlowLog): FlowLogChange {
  const after = desiredSettings(desired, flowLog);
  return flowLog ? { kind: 'update', before: settingsOf(flowLog), after } : { kind: 'create', before: null, after };
}

function reasonNotTo(
  intent: Extract<Intent, { kind: 'desired' }>,
  flowLog: FlowLogFacts | null,
  isOurs: Observed['isOurs'],
): Because {
  if (intent.mode === 'audit') return 'audit';
  if (intent.heldUntil) return 'held';
  return intent.desired.existing === 'report' && flowLog && !isOurs(flowLog.tags) ? 'report' : null;
}
