import { describe, expect, test } from 'vitest';
import type { Problem } from '../../shared/problem.ts';
import { emptyRecord, type NetworkRecord } from '../../shared/records/network-record.ts';
import type { Settling } from '../../shared/work/after-a-run.ts';
import { tellLogElsewhere } from '../../shared/work/log-elsewhere.ts';
import { flowLogId, networkId } from '../decide/support/samples.ts';
import { networkItem, plan, problem } from '../orchestrations/support/samples.ts';

const code = 'CannotCreateMoreThanOneFlowLogPerTargetResource';
const run = { lane: { kind: 'subscription', subscriptionId: 's' }, generation: 1, runId: 'run-2' } as const;
const refused: Problem = { ...problem(code, 'wait'), resourceId: flowLogId };
const former = flowLogId.replace(/networkWatchers\/[^/]+/, 'networkWatchers/NetworkWatcher_uksouth');

function told(before: Partial<NetworkRecord>, given: Problem = refused) {
  const outcome = { kind: 'failed', problem: given, flowLogId: null, leftovers: [] } as const;
  const settling: Settling = { run, item: networkItem(networkId), plan: plan(), outcome };
  const after = tellLogElsewhere(settling, { ...emptyRecord(networkId), runId: 'run-1', ...before }).outcome;
  return after.kind === 'failed' ? { code: after.problem.code, about: after.problem.resourceId } : null;
}

describe('a network that Azure refuses a second flow log', () => {
  test('is told with the one that it has elsewhere', () => {
    expect(told({ flowLogId: former })).toEqual({ code: 'FlowLogElsewhere', about: former });
    expect(told({ formerFlowLogId: former })).toEqual({ code: 'FlowLogElsewhere', about: former });
  });

  test('is looked at once more where the record knows of none in another watcher', () => {
    const asBefore = { code, about: flowLogId };
    expect(told({})).toEqual(asBefore);
    expect(told({ flowLogId })).toEqual(asBefore);
  });

  test.each([code, 'FlowLogElsewhere'])("is its owner's to look after where that comes again after %s", (known) => {
    const again = { problem: problem(known, 'wait') };
    expect(told(again)).toEqual({ code: 'FlowLogElsewhere', about: networkId });
    // The same run settles twice where its activity is repeated: that is no second refusal.
    expect(told({ ...again, runId: 'run-2' })).toMatchObject({ code });
  });

  test('keeps any other problem', () => {
    expect(told({ flowLogId: former }, problem('ScopeLocked', 'owner'))).toMatchObject({ code: 'ScopeLocked' });
  });
});
