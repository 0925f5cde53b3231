import type { RunInput } from '../../../orchestrations/contracts.ts';
import type { Run, WorkItem } from '../../../shared/inbox/work-item.ts';
import type { Problem } from '../../../shared/problem.ts';
import type { StepAnswer, StepKind, Undo } from '../../../shared/steps/contract.ts';
import type { DestinationPlan } from '../../../shared/work/destination-plan.ts';
import type { NetworkItem, RecordedPlan } from '../../../shared/work/network-item.ts';
import {
  desired,
  flowLogId,
  identityId,
  networkId,
  now,
  principalId,
  storageId,
  subscriptionId,
} from '../../decide/support/samples.ts';

export const run: Run = { lane: { kind: 'subscription', subscriptionId }, generation: 7, runId: 'run-1' };
export const subscriptionRun: RunInput = { lane: run.lane, generation: 7 };
export const destinationRun: RunInput = { lane: { kind: 'destination', account: 'stlogswest' }, generation: 3 };

export function problem(code: string, actor: Problem['actor'] = 'wait'): Problem {
  return { code, message: `${code}.`, resourceId: networkId, actor, runbook: code };
}

type Echo = { readonly resourceId: string };

/** A step's activity: it answers, and echoes whose answer it is. */
export function answers<Output>(step: StepKind, answer: (call: number) => StepAnswer<Output>) {
  return (input: Echo, call: number) => ({ ...answer(call), step, resourceId: input.resourceId });
}

export const done = <Output>(output: Output, did: 'unchanged' | 'created' | 'updated' | 'deleted' = 'created') =>
  ({ status: 'done', did, output }) as const;
export const fatal = (code: string) => ({ status: 'fatal', problem: problem(code, 'owner') }) as const;
export const fenced = { status: 'stopped', because: 'fenced' } as const;

export function workItem(id = networkId, changes: Partial<WorkItem> = {}): WorkItem {
  return {
    target: { kind: 'network', id },
    reason: 'event',
    state: { kind: 'due' },
    attempts: 1,
    firstSeen: now,
    touchedAt: now,
    correlationId: `correlation of ${id}`,
    rowKey: `row of ${id}`,
    etag: '1',
    ...changes,
  };
}

export function networkItem(id = networkId, rows = [workItem(id)]): NetworkItem {
  return {
    networkId: id,
    rows,
    location: 'westeurope',
    flowLogId: null,
    otherLogs: { duplicates: [], overriding: [] },
  };
}

export const settings = {
  storageId: storageId('stlogswest'),
  enabled: true,
  retentionDays: 0,
  formatVersion: 2,
  enabledFilteringCriteria: '',
  recordTypes: 'B,C,E,D',
  trafficAnalytics: null,
  identityId: identityId('id-west'),
};

/** A plan that makes a flow log; `changes` replaces fields. */
export function plan(changes: Partial<RecordedPlan> = {}): RecordedPlan {
  return {
    id: 'plan-1',
    networkId,
    at: now,
    policyEtag: '"e1"',
    policyHash: 'h1',
    resourceGuid: null,
    verdict: { state: 'NonCompliant', drifts: [{ check: 'noFlowLog', expected: 'x', actual: null }] },
    change: { kind: 'create', before: null, after: settings },
    because: null,
    until: null,
    flowLogId: null,
    logging: null,
    foundAs: null,
    desired: desired(),
    ...changes,
  };
}

export const updating = plan({
  change: { kind: 'update', before: { ...settings, enabled: false }, after: settings },
  flowLogId,
});

export const undoIdentity: Undo = {
  step: 'ensureIdentity',
  resourceId: identityId('id-west'),
  to: { kind: 'absent' },
};

export function destinationPlan(changes: Partial<DestinationPlan> = {}): DestinationPlan {
  return {
    account: 'stlogswest',
    policyEtag: '"e1"',
    destination: {
      storageAccountId: storageId('stlogswest'),
      location: 'westeurope',
      identityId: identityId('id-west'),
      ours: true,
      retention: false,
      mode: 'enforce',
      path: 'rules[0].destination.westeurope',
    },
    idle: null,
    problem: null,
    warnings: [],
    principalId: null,
    seenPrincipalId: null,
    intent: [undoIdentity],
    stale: [],
    collect: [],
    inUse: [],
    ...changes,
  };
}

export const ready = { kind: 'ready', principalId } as const;
