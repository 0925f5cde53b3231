import { sameId } from '../resource-id.ts';
import type { DesiredFlowLog, FlowLogFacts, NetworkFacts } from './facts.ts';
import { type ReportedCheck, reportedChecks } from './reported-drifts.ts';

/** One way in which a network is not as the policy wants it. */
export type Drift = { readonly check: DriftCheck; readonly expected: Value; readonly actual: Value };
export type Value = string | number | boolean | null | readonly string[];
export type DriftCheck = (typeof checks)[number]['check'] | 'noFlowLog' | ReportedCheck;

type Subject = {
  readonly network: NetworkFacts;
  readonly flowLog: FlowLogFacts;
  readonly desired: DesiredFlowLog;
  /** The identity's principal today, where it is known. */
  readonly principalId: string | null;
};

const wanted = ({ desired }: Subject): readonly string[] => (desired.identityId ? [desired.identityId] : []);
const bound = ({ flowLog }: Subject): readonly string[] => flowLog.identities.map(({ id }) => id);
const isWanted = (subject: Subject, id: string) => wanted(subject).some((one) => sameId(one, id));
const boundPrincipal = (subject: Subject) =>
  subject.flowLog.identities.find(({ id }) => isWanted(subject, id))?.principalId ?? null;
const wantedAnalytics = ({ desired, flowLog }: Subject) =>
  desired.trafficAnalytics === 'keep' ? flowLog.trafficAnalytics : desired.trafficAnalytics;

/** Every check says what it compares and when that is a drift. The order is the order of the report. */
const checks = [
  { check: 'disabled', expected: () => true, actual: ({ flowLog }: Subject) => flowLog.enabled },
  {
    check: 'wrongStorage',
    expected: ({ desired }: Subject) => desired.storageAccountId,
    actual: ({ flowLog }: Subject) => flowLog.storageId,
    equal: ({ flowLog, desired }: Subject) => sameId(flowLog.storageId, desired.storageAccountId),
  },
  {
    check: 'identityMissing',
    expected: wanted,
    actual: bound,
    equal: (subject: Subject) => wanted(subject).length === 0 || bound(subject).length > 0,
  },
  {
    check: 'identityWrong',
    expected: wanted,
    actual: bound,
    equal: (subject: Subject) =>
      wanted(subject).length === 0 || bound(subject).length === 0 || bound(subject).some((id) => isWanted(subject, id)),
  },
  {
    check: 'identityExtra',
    expected: wanted,
    actual: bound,
    equal: (subject: Subject) => {
      const extra = bound(subject).filter((id) => !isWanted(subject, id));
      return extra.length === 0 || (wanted(subject).length > 0 && extra.length === bound(subject).length);
    },
  },
  {
    check: 'identityRecreated',
    expected: ({ principalId }: Subject) => principalId,
    actual: boundPrincipal,
    equal: (subject: Subject) => {
      const principal = boundPrincipal(subject);
      return subject.principalId === null || principal === null || sameId(principal, subject.principalId);
    },
  },
  {
    check: 'retention',
    expected: ({ desired }: Subject) => desired.retentionDays,
    actual: ({ flowLog }: Subject) => flowLog.retentionDays,
  },
  {
    check: 'format',
    expected: ({ desired }: Subject) => desired.formatVersion,
    actual: ({ flowLog }: Subject) => flowLog.formatVersion,
  },
  {
    check: 'filtering',
    expected: ({ desired }: Subject) => desired.enabledFilteringCriteria,
    actual: ({ flowLog }: Subject) => flowLog.enabledFilteringCriteria,
  },
  {
    check: 'recordTypes',
    expected: ({ desired }: Subject) => desired.recordTypes,
    actual: ({ flowLog }: Subject) => flowLog.recordTypes,
  },
  {
    check: 'trafficAnalytics',
    expected: (subject: Subject) => wantedAnalytics(subject)?.workspaceResourceId ?? null,
    actual: ({ flowLog }: Subject) => flowLog.trafficAnalytics?.workspaceResourceId ?? null,
    equal: (subject: Subject) => {
      const [wantedId, actualId] = [wantedAnalytics(subject), subject.flowLog.trafficAnalytics].map(
        (analytics) => analytics?.workspaceResourceId ?? '',
      );
      return sameId(wantedId ?? '', actualId ?? '');
    },
  },
  {
    check: 'trafficAnalyticsInterval',
    expected: (subject: Subject) => wantedAnalytics(subject)?.intervalMinutes ?? null,
    actual: ({ flowLog }: Subject) => flowLog.trafficAnalytics?.intervalMinutes ?? null,
    // Where it is off, or wanted off, the check before says so.
    equal: (subject: Subject) => {
      const wantedMinutes = wantedAnalytics(subject)?.intervalMinutes;
      const actualMinutes = subject.flowLog.trafficAnalytics?.intervalMinutes;
      return wantedMinutes === undefined || actualMinutes === undefined || wantedMinutes === actualMinutes;
    },
  },
  {
    check: 'provisioningFailed',
    expected: () => 'Succeeded',
    actual: ({ flowLog }: Subject) => flowLog.provisioningState,
    equal: ({ flowLog }: Subject) => !['Failed', 'Canceled'].includes(flowLog.provisioningState),
  },
  {
    // A network deleted and made again under its name: its old log may record nothing.
    check: 'targetRecreated',
    expected: ({ network }: Subject) => network.resourceGuid,
    actual: ({ flowLog }: Subject) => flowLog.targetResourceGuid,
    equal: ({ network, flowLog }: Subject) =>
      !network.resourceGuid || !flowLog.targetResourceGuid || sameId(network.resourceGuid, flowLog.targetResourceGuid),
  },
] as const satisfies readonly Check[];

type Check = {
  readonly check: string;
  readonly expected: (subject: Subject) => Value;
  readonly actual: (subject: Subject) => Value;
  /** Where left out: expected and actual are the same value. */
  readonly equal?: (subject: Subject) => boolean;
};

/** The name of every drift there is, in the order of the report. */
export const driftChecks: readonly DriftCheck[] = ['noFlowLog', ...checks.map(({ check }) => check), ...reportedChecks];

/** All drifts of a flow log, never only the first. */
export function driftsOf(subject: Subject): Drift[] {
  return (checks as readonly (Check & { check: DriftCheck })[])
    .filter(({ expected, actual, equal }) => (equal ? !equal(subject) : expected(subject) !== actual(subject)))
    .map(({ check, expected, actual }) => ({ check, expected: expected(subject), actual: actual(subject) }));
}
